package org.zeuxis.eval.drawbench;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an automatic judge gives the pictures of both models; its intervals are over prompts.
 *
 * @param judge its name
 * @param category of the prompts; null for all
 * @param pictures how many of both models it could judge
 */
public record JudgeRow(
        String judge, @Nullable Category category, int prompts, int pictures, Estimate first, Estimate second) {

    /** What a judge gave: for each prompt what it could say of the pictures of each model. */
    public record Scores(List<List<Double>> first, List<List<Double>> second) {}

    /** A row of all prompts and one for each category, as far as the judge could say something of both models. */
    public static List<JudgeRow> of(String judge, Comparison comparison, Scores scores) {
        List<JudgeRow> rows = new ArrayList<>();
        add(rows, judge, null, comparison, scores);
        for (Category category : Category.values()) add(rows, judge, category, comparison, scores);
        return rows;
    }

    private static void add(
            List<JudgeRow> rows, String judge, @Nullable Category category, Comparison comparison, Scores scores) {
        List<List<Double>> first = new ArrayList<>();
        List<List<Double>> second = new ArrayList<>();
        int prompts = 0;
        for (int p = 0; p < comparison.prompts().size(); p++) {
            if (category != null && comparison.prompts().get(p).category() != category) continue;
            first.add(scores.first().get(p));
            second.add(scores.second().get(p));
            if (!scores.first().get(p).isEmpty() || !scores.second().get(p).isEmpty()) prompts++;
        }
        int ones = first.stream().mapToInt(List::size).sum();
        int twos = second.stream().mapToInt(List::size).sum();
        if (ones == 0 || twos == 0) return;
        rows.add(new JudgeRow(judge, category, prompts, ones + twos, Estimate.of(first), Estimate.of(second)));
    }
}
