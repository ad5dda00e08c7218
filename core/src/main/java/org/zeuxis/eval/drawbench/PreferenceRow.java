package org.zeuxis.eval.drawbench;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which model raters prefer, in one question.
 *
 * @param category of the prompts; null for all
 * @param prompts how many were judged, in {@code answers} answers of {@code raters} raters
 * @param first the share that prefers the first model; {@code same} sees no difference, {@code second} prefers the second
 * @param alpha how far the raters agree; NaN where that cannot be told
 * @param overRaters whether the intervals are over raters; over prompts where there is one rater alone
 */
public record PreferenceRow(
        Question question,
        @Nullable Category category,
        int prompts,
        int raters,
        int answers,
        Estimate first,
        Estimate same,
        Estimate second,
        double alpha,
        boolean overRaters) {

    /** For each question a row of all prompts and one for each category, as far as there are answers. */
    public static List<PreferenceRow> of(Comparison comparison, List<Answer> answers) {
        List<PreferenceRow> rows = new ArrayList<>();
        for (Question question : List.of(Question.ALIGNMENT, Question.FIDELITY)) {
            List<Answer> all = answers.stream()
                    .filter(answer -> answer.question() == question)
                    .toList();
            if (all.isEmpty()) continue;
            rows.add(row(question, null, all));
            for (Category category : Category.values()) {
                List<Answer> some = all.stream()
                        .filter(answer ->
                                comparison.prompts().get(answer.prompt()).category() == category)
                        .toList();
                if (!some.isEmpty()) rows.add(row(question, category, some));
            }
        }
        return rows;
    }

    private static PreferenceRow row(Question question, @Nullable Category category, List<Answer> answers) {
        Map<String, List<Answer>> raters = new TreeMap<>();
        Map<Integer, List<Answer>> prompts = new TreeMap<>();
        for (Answer answer : answers) {
            raters.computeIfAbsent(answer.rater(), r -> new ArrayList<>()).add(answer);
            prompts.computeIfAbsent(answer.prompt(), p -> new ArrayList<>()).add(answer);
        }
        boolean overRaters = raters.size() > 1;
        Collection<List<Answer>> clusters = overRaters ? raters.values() : prompts.values();
        double alpha = KrippendorffAlpha.nominal(prompts.values().stream()
                .map(unit -> unit.stream()
                        .map(answer -> answer.preference().ordinal())
                        .toList())
                .toList());
        return new PreferenceRow(
                question,
                category,
                prompts.size(),
                raters.size(),
                answers.size(),
                share(clusters, Preference.FIRST),
                share(clusters, Preference.SAME),
                share(clusters, Preference.SECOND),
                alpha,
                overRaters);
    }

    private static Estimate share(Collection<List<Answer>> clusters, Preference preference) {
        return Estimate.of(clusters.stream()
                .map(cluster -> cluster.stream()
                        .map(answer -> answer.preference() == preference ? 1.0 : 0.0)
                        .toList())
                .toList());
    }
}
