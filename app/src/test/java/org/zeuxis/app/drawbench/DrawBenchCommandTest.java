package org.zeuxis.app.drawbench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.ShellRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.eval.drawbench.Answer;
import org.zeuxis.eval.drawbench.AnswerLog;
import org.zeuxis.eval.drawbench.Category;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.eval.drawbench.Question;
import org.zeuxis.eval.drawbench.Truth;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** {@code zeuxis drawbench} but for its page: tiny models draw, answers are reported, and all that must be refused. */
class DrawBenchCommandTest {
    private static final String OTHER = CommandRun.GOLDEN.resolve("tiny-karlo").toString();

    @TempDir
    private Path folder;

    private CommandRun draw(String prompts, String... more) throws IOException {
        Path file = folder.resolve("prompts.csv");
        Files.writeString(file, "Category,Prompts\n" + prompts);
        return CommandRun.of(Stream.concat(
                        Stream.of(
                                "drawbench",
                                "run",
                                "--prompts",
                                file.toString(),
                                "--out",
                                out().toString(),
                                "--dtype",
                                "float32",
                                "--steps",
                                "2"),
                        Stream.of(more))
                .toArray(String[]::new));
    }

    private CommandRun two(String prompts, String... more) throws IOException {
        return draw(
                prompts,
                Stream.concat(Stream.of("--model", CommandRun.TINY, "--model", OTHER), Stream.of(more))
                        .toArray(String[]::new));
    }

    private Path out() {
        return folder.resolve("out");
    }

    @Test
    void drawsAllOnceAndAfterwardsOnlyWhatIsMissing() throws IOException {
        String prompts = "Colors,a red car\nText,a sign\n";
        CommandRun run = two(prompts, "--count", "2", "--seed", "5");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo(out() + ": 8 pictures of 2 prompts, 8 of them new; next: zeuxis drawbench rate " + out()
                        + "\n");
        Path picture = out().resolve("second/0002/2.png");
        byte[] bytes = Files.readAllBytes(picture);
        assertThat(PngText.read(picture).entries().get(PngText.REQUEST)).contains("\"a sign\"", "\"seed\":8");
        Path kept = out().resolve("first/0001/1.png");
        FileTime longAgo = FileTime.fromMillis(1_000_000);
        Files.setLastModifiedTime(kept, longAgo);
        Files.delete(picture);
        assertThat(two(prompts, "--count", "2", "--seed", "5").out())
                .contains("8 pictures of 2 prompts, 1 of them new");
        assertThat(Files.readAllBytes(picture)).isEqualTo(bytes);
        assertThat(Files.getLastModifiedTime(kept)).isEqualTo(longAgo);
    }

    @Test
    void aPromptThatIsTooLongIsSaid() throws IOException {
        CommandRun run = two("Colors,a red car\nText," + "a long sign ".repeat(60) + "\n", "--count", "1");
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .contains("zeuxis drawbench run: tiny-karlo left out the end of 1 of 2 prompts, which are"
                        + " too long for it\n");
    }

    @Test
    void aFolderOfOtherPromptsSeedsOrModelsIsRefused() throws IOException {
        String prompts = "Colors,a red car\n";
        assertThat(two(prompts, "--count", "1").code()).isZero();
        refused(
                two("Colors,a blue car\n", "--count", "1"),
                "its own prompts, of which number 1 is 'a red car' (Colors), got 'a blue car' (Colors)");
        refused(two(prompts, "--count", "1", "--seed", "1"), "its own seed and settings");
        refused(two(prompts, "--count", "2"), "its own --count 1, got 2");
        refused(draw(prompts, "--model", OTHER, "--model", CommandRun.TINY, "--count", "1"), "its own models");
    }

    private void refused(CommandRun run, String what) {
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("zeuxis drawbench run: " + out() + ": expected " + what)
                .endsWith("; name another folder with --out\n");
    }

    @Test
    void badInputIsOneLine() throws IOException {
        String good = "Colors,a red car\n";
        says(
                2,
                draw(good, "--model", "a", "--model", "b", "--model", "c"),
                "--model: expected two models to compare, got 3; give --model twice, and compare further models in runs of their own");
        says(2, draw(good, "--model", "a"), "--model: expected two models to compare, got 1");
        says(
                2,
                draw(good, "--model", OTHER, "--model", OTHER),
                "--model: expected two different models, got " + OTHER + " twice");
        says(2, two(good, "--count", "0"), "--count: expected 1 to 100 pictures of each prompt, got 0");
        says(1, two(",a red car\n"), "line 2: expected a category beside the prompt 'a red car', got none");
        says(2, two(good, "--guidance", "prior=4"), "tiny-stable-diffusion: expected no stage but the main one");
        assertThat(out()).doesNotExist();
        says(
                2,
                CommandRun.of("drawbench"),
                "expected run, rate or report, such as 'drawbench run --model A --model B'");
        String nothing = folder.resolve("nothing").toString();
        for (String command : List.of("rate", "report")) {
            says(
                    1,
                    CommandRun.of("drawbench", command, nothing),
                    nothing
                            + ": expected a folder of 'zeuxis drawbench run' with a drawbench.json, got nothing there; draw the pictures first");
        }
        Path drawn = folder.resolve("drawn");
        Comparison comparison =
                DrawnFolder.write(drawn, 2, List.of(new Prompt("a red car", Category.COLORS, List.of())));
        says(
                2,
                CommandRun.of("drawbench", "rate", drawn.toString(), "--port", "65536"),
                "--port: expected 0 to 65535, got 65536");
        says(
                2,
                CommandRun.of("drawbench", "rate", drawn.toString(), "--rater", " "),
                "--rater: expected a name of 1 to 60 letters");
        says(
                1,
                CommandRun.of(
                        "drawbench",
                        "report",
                        drawn.toString(),
                        "--chart",
                        folder.resolve("c.png").toString()),
                "--chart: expected answers to draw, got none in " + drawn + "; 'zeuxis drawbench rate' collects them");
        Files.delete(comparison.picture(drawn, Preference.FIRST, 0, 1));
        for (String command : List.of("rate", "report")) {
            says(
                    1,
                    CommandRun.of("drawbench", command, drawn.toString()),
                    drawn
                            + ": expected all 4 pictures, got 3; 'zeuxis drawbench run' with the same options draws the rest");
        }
    }

    private static void says(int code, CommandRun run, String what) {
        assertThat(run.code()).as(run.err()).isEqualTo(code);
        assertThat(run.err()).hasLineCount(1).contains(what);
    }

    @Test
    void aReportHasPeopleAndJudgesATableAndAChart() throws IOException {
        List<Prompt> prompts = List.of(
                new Prompt("a red car", Category.COLORS, Truth.parse("red; count 1")),
                new Prompt("a sign", Category.TEXT, List.of()));
        Path drawn = folder.resolve("drawn");
        Comparison comparison = DrawnFolder.write(drawn, 3, prompts);
        CommandRun none = CommandRun.of("drawbench", "report", drawn.toString());
        assertThat(none.err()).isEmpty();
        assertThat(none.out())
                .contains("lion and tiger: 2 prompts, 3 pictures each; 0 raters, 0 answers")
                .contains("no answers yet: zeuxis drawbench rate " + drawn + " collects them")
                .containsPattern(
                        "of 6 pictures those on a plain background\n.*lion +tiger\nAll +1 +6 +1.000 +0.000\nColors");
        try (AnswerLog log = AnswerLog.open(drawn, comparison)) {
            for (String rater : List.of("anna", "ben")) {
                for (int p = 0; p < 2; p++) {
                    for (Question question : Question.values()) {
                        Preference says =
                                p == 0 ? Preference.FIRST : rater.equals("anna") ? Preference.SAME : Preference.SECOND;
                        log.append(new Answer(rater, p, question, says, Preference.FIRST));
                    }
                }
            }
        }
        Path csv = folder.resolve("report.csv");
        Path chart = folder.resolve("chart.png");
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        CommandRun run = CommandRun.of(
                "drawbench",
                "report",
                drawn.toString(),
                "--csv",
                csv.toString(),
                "--chart",
                chart.toString(),
                "--clip",
                clip,
                "--judge",
                clip,
                "--dtype",
                "float32");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("2 raters, 8 answers", "shares in % with 95 % intervals: 2000 resamples of raters\n")
                .containsPattern(
                        "All +2 +4 +50.0 \\(50.0 to 50.0\\) +25.0 \\(0.0 to 50.0\\) +25.0 \\(0.0 to 50.0\\) +0.40\n")
                .containsPattern(
                        "Text +1 +2 +0.0 \\(0.0 to 0.0\\) +50.0 \\(0.0 to 100.0\\) +50.0 \\(0.0 to 100.0\\) +0.00\n")
                .contains(
                        "CLIPScore by " + clip + ", 0 to 2.5\n", "share recognised by " + clip + ", among 2 prompts\n");
        assertThat(Files.readAllLines(csv))
                .hasSize(1 + 6 + 3 + 3 + 2)
                .contains(
                        "alignment,Colors,1,2,2,1.0000,1.0000,1.0000,0.0000,0.0000,0.0000,0.0000,0.0000,0.0000,,raters");
        Image image = ImageFile.read(chart);
        assertThat(image.height()).isGreaterThan(300);
        says(
                1,
                CommandRun.of("drawbench", "report", drawn.toString(), "--csv", csv.toString()),
                "--csv " + csv + ": already exists");
    }

    /** As a user has it: killed between two pictures by Ctrl-C, and begun again. */
    @Test
    void ctrlCEndsItAndTheSameCommandGoesOn() throws IOException {
        Files.writeString(folder.resolve("prompts.txt"), "Colors: a red car\n".repeat(150));
        String command =
                "drawbench run --model \"$TINY\" --model \"$TINY/../tiny-karlo\" --prompts prompts.txt --count 1 --steps 2";
        ShellRun run = ShellRun.of(folder, """
                set -m
                zeuxis %s &
                until [ -e drawbench/first/0003/1.png ] || ! kill -0 $! 2> /dev/null; do sleep 0.1; done
                kill -INT -- -$!
                wait $!
                """.formatted(command));
        assertThat(run.code()).isEqualTo(130);
        assertThat(run.err())
                .matches(
                        "zeuxis drawbench run: stopped; \\d+ of 300 pictures were drawn, and the same command draws the rest\n");
        ShellRun again = ShellRun.of(folder, "zeuxis " + command);
        assertThat(again.err()).isEmpty();
        assertThat(again.out())
                .contains("drawbench: 300 pictures of 150 prompts, ")
                .doesNotContain("300 of them new");
    }
}
