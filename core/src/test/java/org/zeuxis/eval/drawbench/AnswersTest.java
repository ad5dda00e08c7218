package org.zeuxis.eval.drawbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;

class AnswersTest {
    private static final Comparison TWO = new Comparison(
            "lion",
            "tiger",
            8,
            "{}",
            List.of(
                    new Prompt("a red car", Category.COLORS, Truth.parse("red")),
                    new Prompt("two cats", Category.COUNTING, List.of())));

    @TempDir
    private Path folder;

    private static Answer answer(String rater, int prompt, Question question, Preference preference) {
        return new Answer(rater, prompt, question, preference, Preference.SECOND);
    }

    @Test
    void theLogKeepsAllAndTheLastCounts() throws IOException {
        Answer first = answer("anna", 0, Question.FIDELITY, Preference.FIRST);
        Answer other = answer("Zoë 2", 1, Question.ALIGNMENT, Preference.SAME);
        Answer changed = answer("anna", 0, Question.FIDELITY, Preference.SECOND);
        assertThat(AnswerLog.read(folder, TWO)).isEmpty();
        try (AnswerLog log = AnswerLog.open(folder, TWO)) {
            log.append(first);
            log.append(other);
            log.append(changed);
            assertThat(log.of("anna")).containsExactly(changed);
            assertThat(AnswerLog.read(folder, TWO)).containsExactly(changed, other);
        }
        assertThat(Files.readAllLines(folder.resolve("answers.jsonl"))).hasSize(3);
        try (AnswerLog log = AnswerLog.open(folder, TWO)) {
            assertThat(log.of("Zoë 2")).containsExactly(other);
        }
    }

    @Test
    void whatAPowerCutLeftOfALineGoesAndTheRestStays() throws IOException {
        Answer first = answer("anna", 0, Question.FIDELITY, Preference.FIRST);
        try (AnswerLog log = AnswerLog.open(folder, TWO)) {
            log.append(first);
        }
        Path file = folder.resolve("answers.jsonl");
        Files.writeString(file, "{\"rater\":\"an", StandardOpenOption.APPEND);
        assertThat(AnswerLog.read(folder, TWO)).containsExactly(first);
        Answer next = answer("anna", 1, Question.FIDELITY, Preference.SAME);
        try (AnswerLog log = AnswerLog.open(folder, TWO)) {
            log.append(next);
        }
        assertThat(AnswerLog.read(folder, TWO)).containsExactly(first, next);
        assertThat(Files.readAllLines(file)).hasSize(2);
    }

    @Test
    void oneLogHasOneWriter() throws IOException {
        try (AnswerLog log = AnswerLog.open(folder, TWO)) {
            assertThat(log.of("anna")).isEmpty();
            assertThatThrownBy(() -> AnswerLog.open(folder, TWO))
                    .hasMessage(folder + ": expected to be the only one that takes answers for it, got another rating"
                            + " that runs; open its page, where several can rate at once");
        }
    }

    @Test
    void answersToOtherPicturesAndDamagedLinesAreRefused() throws IOException {
        try (AnswerLog log = AnswerLog.open(folder, TWO)) {
            log.append(answer("anna", 0, Question.FIDELITY, Preference.FIRST));
        }
        Path file = folder.resolve("answers.jsonl");
        Comparison other = new Comparison("lion", "puma", 8, "{}", TWO.prompts());
        assertThatThrownBy(() -> AnswerLog.read(folder, other))
                .hasMessage(file + ", line 1: expected answers to the pictures of this folder, got one of another run;"
                        + " move the file away");
        assertThatThrownBy(() -> AnswerLog.open(folder, other)).hasMessageContaining("got one of another run");
        String good = Files.readString(file);
        Files.writeString(file, good + good.replace("\"fidelity\"", "\"beauty\""));
        assertThatThrownBy(() -> AnswerLog.read(folder, TWO))
                .hasMessage(file + ", line 2: expected one of [FIDELITY, ALIGNMENT], got 'beauty'");
        Files.writeString(file, good.replace("\"prompt\":1", "\"prompt\":3"));
        assertThatThrownBy(() -> AnswerLog.read(folder, TWO))
                .hasMessage(file + ", line 1: expected prompt 1 to 2, got 3");
        Files.writeString(file, good.replace("\"left\":\"second\"", "\"left\":\"same\""));
        assertThatThrownBy(() -> AnswerLog.read(folder, TWO))
                .hasMessage(file + ", line 1: expected first or second on the left, got same");
        Files.writeString(file, "null\n");
        assertThatThrownBy(() -> AnswerLog.read(folder, TWO))
                .hasMessageStartingWith(file + ", line 1: expected a JSON");
    }

    @Test
    void aRaterHasAName() {
        for (String name : List.of("", " anna", "an\nna", "x".repeat(61))) {
            assertThatThrownBy(() -> Answer.expectName(name))
                    .hasMessageStartingWith("expected a name of 1 to 60 letters without blanks around it, got '");
        }
    }

    @Test
    void everyRaterHasAnOrderAndSidesThatStayTheSame() throws IOException {
        BlindPlan anna = BlindPlan.of(folder, "anna", 200);
        assertThat(BlindPlan.of(folder, "anna", 200).pairs()).isEqualTo(anna.pairs());
        List<Integer> order = anna.pairs().stream().map(BlindPlan.Pair::prompt).toList();
        List<Integer> sorted = new ArrayList<>(order);
        Collections.sort(sorted);
        assertThat(sorted).isNotEqualTo(order).startsWith(0).endsWith(199).doesNotHaveDuplicates();
        long left = anna.pairs().stream()
                .filter(pair -> pair.left() == Preference.FIRST)
                .count();
        assertThat(left).isBetween(60L, 140L);
        BlindPlan ben = BlindPlan.of(folder, "ben", 200);
        assertThat(ben.pairs().stream().map(BlindPlan.Pair::prompt)).isNotEqualTo(order);
        Set<String> ids = new HashSet<>();
        for (BlindPlan plan : List.of(anna, ben)) {
            for (BlindPlan.Pair pair : plan.pairs()) {
                ids.add(pair.id());
                for (int i = 0; i < 8; i++) {
                    ids.add(plan.picture(pair, pair.left(), i));
                    ids.add(plan.picture(pair, pair.right(), i));
                }
            }
        }
        assertThat(ids).hasSize(2 * 200 * 17).allMatch(id -> id.matches("[0-9a-f]{24}"));
        Files.writeString(folder.resolve("blind.key"), "lost");
        assertThatThrownBy(() -> BlindPlan.of(folder, "anna", 2))
                .hasMessage(folder.resolve("blind.key") + ": expected a key in hexadecimal digits, got other text;"
                        + " restore it, as it keeps the order of the raters");
        Path another = Files.createDirectory(folder.resolve("another"));
        assertThat(BlindPlan.of(another, "anna", 200).pairs()).isNotEqualTo(anna.pairs());
    }

    @Test
    void ordersAndSidesAreEvenOverRaters() throws IOException {
        int[] begins = new int[4];
        int left = 0;
        for (int rater = 0; rater < 400; rater++) {
            BlindPlan.Pair first =
                    BlindPlan.of(folder, "rater " + rater, 4).pairs().get(0);
            begins[first.prompt()]++;
            if (first.left() == Preference.FIRST) left++;
        }
        // 100 and 200 are expected, with standard deviations of 9 and 10
        for (int count : begins) assertThat(count).isBetween(60, 140);
        assertThat(left).isBetween(150, 250);
    }

    @Test
    void aFolderIsOfOneComparison() throws IOException {
        TWO.writeInto(folder.resolve("new"));
        TWO.writeInto(folder.resolve("new"));
        assertThat(Comparison.read(folder.resolve("new"))).isEqualTo(TWO);
        refuses(new Comparison("lion", "puma", 8, "{}", TWO.prompts()), "models lion and tiger, got lion and puma");
        refuses(new Comparison("lion", "tiger", 4, "{}", TWO.prompts()), "--count 8, got 4");
        refuses(new Comparison("lion", "tiger", 8, "{1}", TWO.prompts()), "seed and settings {}, got {1}");
        refuses(new Comparison("lion", "tiger", 8, "{}", TWO.prompts().subList(0, 1)), "2 prompts, got 1");
        List<Prompt> others = List.of(TWO.prompts().get(1), TWO.prompts().get(1));
        refuses(
                new Comparison("lion", "tiger", 8, "{}", others),
                "prompts, of which number 1 is 'a red car' (Colors; red), got 'two cats' (Counting)");
        Files.writeString(Files.createDirectory(folder.resolve("mine")).resolve("a.txt"), "mine");
        assertThatThrownBy(() -> TWO.writeInto(folder.resolve("mine")))
                .hasMessage(
                        folder.resolve("mine") + ": expected a new or empty folder, or one of 'zeuxis drawbench run',"
                                + " got one with other files; name another with --out");
        for (String name : List.of("mine", "nothing", "mine/a.txt")) {
            assertThatThrownBy(() -> Comparison.read(folder.resolve(name)))
                    .hasMessageMatching(
                            ".*: expected a folder of 'zeuxis drawbench run' with a drawbench.json, got (one"
                                    + " without|nothing there|a file); draw the pictures first");
        }
        assertThatThrownBy(() -> TWO.expectWhole(folder.resolve("new")))
                .hasMessage(folder.resolve("new") + ": expected all 32 pictures, got 0; 'zeuxis drawbench run' with the"
                        + " same options draws the rest");
        Path file = folder.resolve("new").resolve("drawbench.json");
        Files.writeString(file, Files.readString(file).replace("Colors", "Colours"));
        assertThatThrownBy(() -> Comparison.read(folder.resolve("new")))
                .hasMessageStartingWith(file + ": expected one of the categories")
                .hasMessageEndingWith("got 'Colours'");
    }

    private void refuses(Comparison other, String what) {
        assertThatThrownBy(() -> other.writeInto(folder.resolve("new")))
                .hasMessage(folder.resolve("new") + ": expected its own " + what + "; name another folder with --out");
    }

    /** Krippendorff's own worked examples: two observers of ten units, and four of twelve with values missing. */
    @Test
    void alphaIsAsInTheWorkedExamples() {
        int[][] two = {{0, 1}, {1, 1}, {0, 1}, {0, 0}, {0, 0}, {0, 1}, {0, 0}, {0, 0}, {1, 0}, {0, 0}};
        assertThat(alpha(two)).isCloseTo(0.095, within(0.0005));
        int[][] four = {
            {1, 1, 1},
            {2, 2, 3, 2},
            {3, 3, 3, 3},
            {3, 3, 3, 3},
            {2, 2, 2, 2},
            {1, 2, 3, 4},
            {4, 4, 4, 4},
            {1, 1, 2, 1},
            {2, 2, 2, 2},
            {5, 5, 5},
            {1, 1},
            {3}
        };
        assertThat(alpha(four)).isCloseTo(0.743, within(0.0005));
        assertThat(alpha(new int[][] {{0, 0}, {1, 1}})).isEqualTo(1);
        assertThat(alpha(new int[][] {{0, 0}, {0, 0}})).isNaN();
        assertThat(alpha(new int[][] {{0}, {1}})).isNaN();
    }

    private static double alpha(int[][] units) {
        List<List<Integer>> lists = new ArrayList<>();
        for (int[] unit : units) lists.add(java.util.Arrays.stream(unit).boxed().toList());
        return KrippendorffAlpha.nominal(lists);
    }

    @Test
    void intervalsAreOverWholeClusters() {
        List<List<Double>> alike = Collections.nCopies(4, List.of(0.0, 1.0));
        assertThat(Estimate.of(alike)).isEqualTo(new Estimate(0.5, 0.5, 0.5));
        List<List<Double>> apart = new ArrayList<>();
        for (int i = 0; i < 100; i++) apart.add(Collections.nCopies(10, (double) (i % 2)));
        Estimate wide = Estimate.of(apart);
        // the standard error of the mean of 100 coin tosses is 5 points, not that of 1000
        assertThat(wide.mean()).isEqualTo(0.5);
        assertThat(wide.low()).isCloseTo(0.402, within(0.02));
        assertThat(wide.high()).isCloseTo(0.598, within(0.02));
        Estimate alone = Estimate.of(List.of(List.of(0.0, 0.0, 1.0, 1.0)));
        assertThat(alone.mean()).isEqualTo(0.5);
        assertThat(alone.low()).isNaN();
        assertThat(alone.percent()).isEqualTo("50.0");
        assertThat(new Estimate(0.5, 0.4, 0.6).plain()).isEqualTo("0.500 (0.400 to 0.600)");
        assertThatThrownBy(() -> Estimate.of(List.of(List.of()))).hasMessage("expected values, got none");
    }

    @Test
    void aReportHasRowsOfAllAndOfEachCategory() {
        List<Answer> answers = List.of(
                answer("anna", 0, Question.ALIGNMENT, Preference.FIRST),
                answer("anna", 1, Question.ALIGNMENT, Preference.SAME),
                answer("ben", 0, Question.ALIGNMENT, Preference.FIRST),
                answer("ben", 1, Question.ALIGNMENT, Preference.SECOND),
                answer("ben", 1, Question.FIDELITY, Preference.SECOND));
        List<PreferenceRow> rows = PreferenceRow.of(TWO, answers);
        assertThat(rows)
                .extracting(PreferenceRow::category)
                .containsExactly(null, Category.COLORS, Category.COUNTING, null, Category.COUNTING);
        PreferenceRow all = rows.get(0);
        assertThat(List.of(all.prompts(), all.raters(), all.answers())).isEqualTo(List.of(2, 2, 4));
        assertThat(all.first().mean()).isEqualTo(0.5);
        assertThat(all.same().mean()).isEqualTo(0.25);
        assertThat(all.second().mean()).isEqualTo(0.25);
        // by hand: of the pairs 2 differ, of 4 values 2, 1 and 1 are alike: 1 - 3 * 2 / (2*2 + 1*3 + 1*3)
        assertThat(all.alpha()).isCloseTo(0.4, within(1e-12));
        assertThat(all.overRaters()).isTrue();
        assertThat(rows.get(3).overRaters()).isFalse();
        List<JudgeRow> judged = JudgeRow.of(
                "CLIPScore, \"x\"",
                TWO,
                new JudgeRow.Scores(List.of(List.of(0.5, 0.7), List.of()), List.of(List.of(0.1), List.of())));
        assertThat(judged).extracting(JudgeRow::category).containsExactly(null, Category.COLORS);
        assertThat(judged.get(0).pictures()).isEqualTo(3);
        assertThat(judged.get(0).prompts()).isEqualTo(1);
        assertThat(ReportTable.csv(rows, judged).lines())
                .hasSize(8)
                .contains("fidelity,All,1,1,1,0.0000,,,0.0000,,,1.0000,,,,prompts")
                .contains("\"CLIPScore, \"\"x\"\"\",Colors,1,,3,0.6000,,,,,,0.1000,,,,prompts")
                .allMatch(line -> line.replaceAll("\"[^,]*, [^,]*\"", "")
                                .chars()
                                .filter(c -> c == ',')
                                .count()
                        == 15);
        Image chart = PreferenceChart.of(TWO, rows).draw();
        assertThat(chart.width()).isGreaterThan(200);
        assertThatThrownBy(() -> PreferenceChart.of(TWO, List.of()))
                .hasMessage("expected answers to draw a chart of, got none");
    }
}
