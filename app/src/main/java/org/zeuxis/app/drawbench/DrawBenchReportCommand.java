package org.zeuxis.app.drawbench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.ClipOption;
import org.zeuxis.app.option.ForceOption;
import org.zeuxis.app.option.NamedModel;
import org.zeuxis.app.option.PictureFiles;
import org.zeuxis.eval.drawbench.Answer;
import org.zeuxis.eval.drawbench.AnswerLog;
import org.zeuxis.eval.drawbench.Category;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Estimate;
import org.zeuxis.eval.drawbench.JudgeRow;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.PreferenceChart;
import org.zeuxis.eval.drawbench.PreferenceRow;
import org.zeuxis.eval.drawbench.ReportTable;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis drawbench report}: what raters and automatic judges say. */
@Command(
        name = "report",
        description = "Which model raters prefer, overall and in each category, and what automatic judges say beside.",
        mixinStandardHelpOptions = true)
final class DrawBenchReportCommand implements Callable<Integer> {
    private static final String PEOPLE = "%-20s %7s %7s  %-24s %-24s %-24s %6s";
    private static final String JUDGE = "%-20s %7s %8s  %-28s %-28s";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "A folder of 'zeuxis drawbench run'.")
    private Path folder = Path.of("");

    @Option(names = "--csv", paramLabel = "FILE", description = "Write all numbers there too.")
    private @Nullable Path csv;

    @Option(names = "--chart", paramLabel = "FILE", description = "Write a chart of the preferences there, as PNG.")
    private @Nullable Path chart;

    @Mixin
    private ClipOption clip = new ClipOption();

    @Option(
            names = "--judge",
            paramLabel = "NAME|FOLDER",
            description = "Another CLIP, which names the prompt that it sees in each picture, among all of them.")
    private @Nullable String judge;

    @Mixin
    private ForceOption force = new ForceOption();

    @Override
    public Integer call() throws IOException {
        if (csv != null) force.expectFree("--csv", csv);
        if (chart != null) PictureFiles.one("--chart", chart, "chart.png", force);
        clip.onDevice(spec);
        Comparison comparison = Comparison.read(folder);
        comparison.expectWhole(folder);
        List<Answer> answers = AnswerLog.read(folder, comparison);
        List<PreferenceRow> preferences = PreferenceRow.of(comparison, answers);
        if (chart != null && preferences.isEmpty()) {
            throw new IOException("--chart: expected answers to draw, got none in " + folder
                    + "; 'zeuxis drawbench rate' collects them");
        }
        printPeople(comparison, answers, preferences);
        List<JudgeRow> judged = judged(comparison);
        printJudges(comparison, judged);
        if (csv != null) AtomicFile.write(csv, ReportTable.csv(preferences, judged));
        if (chart != null) {
            ImageFile.write(chart, PreferenceChart.of(comparison, preferences).draw());
        }
        out().flush();
        return ExitCode.OK;
    }

    private List<JudgeRow> judged(Comparison comparison) throws IOException {
        AutomaticJudges judges = new AutomaticJudges(folder, comparison);
        List<JudgeRow> rows = new ArrayList<>();
        String name = clip.name("");
        if (!name.isEmpty()) {
            try (ClipFolder model = clip.open(spec)) {
                rows.addAll(judges.clipScore(name, model));
            }
        }
        if (judge != null) {
            try (ClipFolder model =
                    NamedModel.find("--judge", judge, ClipFolder.class, spec).open(clip.type())) {
                rows.addAll(judges.recognition(judge, model));
            }
        }
        rows.addAll(judges.scenes());
        return rows;
    }

    private void printPeople(Comparison comparison, List<Answer> answers, List<PreferenceRow> rows) {
        String first = comparison.label(Preference.FIRST);
        String second = comparison.label(Preference.SECOND);
        long raters = answers.stream().map(Answer::rater).distinct().count();
        PrintWriter out = out();
        out.println(first + " and " + second + ": " + comparison.prompts().size() + " prompts, " + comparison.count()
                + " pictures each; " + raters + " raters, " + answers.size() + " answers");
        if (rows.isEmpty()) {
            out.println("no answers yet: zeuxis drawbench rate " + folder + " collects them");
            return;
        }
        boolean overPrompts = rows.stream().anyMatch(row -> !row.overRaters());
        out.println("shares in % with 95 % intervals: " + Estimate.RESAMPLES + " resamples of raters"
                + (overPrompts ? "; of prompts where * marks a single rater" : ""));
        String question = "";
        for (PreferenceRow row : rows) {
            if (!row.question().word().equals(question)) {
                question = row.question().word();
                out.println();
                print(PEOPLE, question, "prompts", "answers", first, "about the same", second, "alpha");
            }
            print(
                    PEOPLE,
                    name(row.category()) + (row.overRaters() ? "" : " *"),
                    row.prompts(),
                    row.answers(),
                    row.first().percent(),
                    row.same().percent(),
                    row.second().percent(),
                    Double.isNaN(row.alpha()) ? "-" : String.format(Locale.ROOT, "%.2f", row.alpha()));
        }
    }

    private void printJudges(Comparison comparison, List<JudgeRow> rows) {
        String name = "";
        for (JudgeRow row : rows) {
            if (!row.judge().equals(name)) {
                name = row.judge();
                out().println();
                out().println(name);
                print(
                        JUDGE,
                        "",
                        "prompts",
                        "pictures",
                        comparison.label(Preference.FIRST),
                        comparison.label(Preference.SECOND));
            }
            print(
                    JUDGE,
                    name(row.category()),
                    row.prompts(),
                    row.pictures(),
                    row.first().plain(),
                    row.second().plain());
        }
    }

    private static String name(@Nullable Category category) {
        return category == null ? "All" : category.label();
    }

    private void print(String format, Object... cells) {
        out().println(String.format(Locale.ROOT, format, cells).stripTrailing());
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }
}
