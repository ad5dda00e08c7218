package org.zeuxis.eval.drawbench;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** All rows of a report as comma-separated values. */
public final class ReportTable {
    private static final String HEAD = "measure,category,prompts,raters,values,first,first_low,first_high,"
            + "same,same_low,same_high,second,second_low,second_high,alpha,interval_over\n";

    private ReportTable() {}

    /** With a header; a number that is not known is left out. */
    public static String csv(List<PreferenceRow> preferences, List<JudgeRow> judged) {
        StringBuilder csv = new StringBuilder(HEAD);
        for (PreferenceRow row : preferences) {
            line(
                    csv,
                    row.question().word(),
                    name(row.category()),
                    row.prompts(),
                    row.raters(),
                    row.answers(),
                    cells(row.first()),
                    cells(row.same()),
                    cells(row.second()),
                    number(row.alpha()),
                    row.overRaters() ? "raters" : "prompts");
        }
        for (JudgeRow row : judged) {
            line(
                    csv,
                    quoted(row.judge()),
                    name(row.category()),
                    row.prompts(),
                    "",
                    row.pictures(),
                    cells(row.first()),
                    ",,",
                    cells(row.second()),
                    "",
                    "prompts");
        }
        return csv.toString();
    }

    private static void line(StringBuilder csv, Object... cells) {
        for (int i = 0; i < cells.length; i++) csv.append(i == 0 ? "" : ",").append(cells[i]);
        csv.append('\n');
    }

    private static String name(@Nullable Category category) {
        return category == null ? "All" : category.label();
    }

    private static String quoted(String cell) {
        return cell.matches("[^,\"\\v]*") ? cell : '"' + cell.replace("\"", "\"\"") + '"';
    }

    private static String cells(Estimate estimate) {
        return number(estimate.mean()) + "," + number(estimate.low()) + "," + number(estimate.high());
    }

    private static String number(double number) {
        return Double.isNaN(number) ? "" : String.format(Locale.ROOT, "%.4f", number);
    }
}
