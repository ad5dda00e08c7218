package org.zeuxis.eval.drawbench;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.zeuxis.chart.BarChart;

/**
 * How often raters prefer each of two models, in alignment and fidelity, over all prompts and in each category.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, Figure 3
 */
public final class PreferenceChart {
    private PreferenceChart() {}

    /** @throws IllegalArgumentException if there are no rows */
    public static BarChart of(Comparison comparison, List<PreferenceRow> rows) {
        if (rows.isEmpty()) throw new IllegalArgumentException("expected answers to draw a chart of, got none");
        List<@Nullable Category> categories =
                rows.stream().map(PreferenceRow::category).distinct().toList();
        List<BarChart.Panel> panels = new ArrayList<>();
        for (Question question : List.of(Question.ALIGNMENT, Question.FIDELITY)) {
            List<List<BarChart.Bar>> bars = new ArrayList<>();
            for (Category category : categories) bars.add(bars(rows, question, category));
            String name = question == Question.ALIGNMENT ? "Alignment" : "Fidelity";
            panels.add(new BarChart.Panel(name, bars));
        }
        PreferenceRow all = rows.get(0);
        String first = comparison.label(Preference.FIRST);
        String second = comparison.label(Preference.SECOND);
        String subtitle = "Preferred by " + all.raters() + (all.raters() == 1 ? " rater" : " raters")
                + "; the rest saw no difference. 95 % intervals over "
                + over(rows) + ".";
        List<String> names = categories.stream()
                .map(category -> category == null ? "All" : category.label())
                .toList();
        return new BarChart(
                first + " and " + second + " on DrawBench", subtitle, names, List.of(first, second), panels);
    }

    private static String over(List<PreferenceRow> rows) {
        if (rows.stream().allMatch(PreferenceRow::overRaters)) return "raters";
        if (rows.stream().noneMatch(PreferenceRow::overRaters)) return "prompts, as there is one rater";
        return "raters, or prompts where there is one rater";
    }

    private static List<BarChart.Bar> bars(List<PreferenceRow> rows, Question question, @Nullable Category category) {
        for (PreferenceRow row : rows) {
            if (row.question() == question && Objects.equals(row.category(), category)) {
                return List.of(row.first().bar(), row.second().bar());
            }
        }
        return List.of(new BarChart.Bar(0, 0, 0), new BarChart.Bar(0, 0, 0));
    }
}
