package org.zeuxis.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.ShellRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/** Ctrl-C, which a terminal sends to all processes of a job. */
@EnabledOnOs(OS.LINUX)
class InterruptionTest {
    /** Runs a command as a job, sends it Ctrl-C when a file of this name is there, and ends with its exit code. */
    private static final String STOPPED = """
            set -m
            stopped() {
                local file=$1; shift
                zeuxis "$@" &
                until compgen -G "$file" > /dev/null || ! kill -0 $! 2> /dev/null; do sleep 0.1; done
                kill -INT -- -$!
                wait $!
            }
            """;

    @TempDir
    Path folder;

    @Test
    void finishedPicturesStay() throws IOException {
        ShellRun run = run("stopped cat-3.png imagine cat --model \"$TINY\" --count 900 --steps 20 -o cat.png");
        int drawn = number("zeuxis imagine: stopped; (\\d+) of 900 pictures are written\n", run);
        assertThat(run.out()).hasLineCount(drawn);
        assertThat(names("cat-")).hasSize(drawn);
        for (String name : names("cat-")) ImageFile.read(folder.resolve(name));
    }

    @Test
    void aPictureThatGrowsLeavesNothing() throws IOException {
        ShellRun run = run("stopped preview.png imagine cat --model \"$TINY\" --sampler ddim --steps 900 --size 64"
                + " -o cat.png --preview preview.png");
        assertThat(number("zeuxis imagine: stopped; (\\d+) of 1 pictures are written\n", run))
                .isZero();
        assertThat(names("cat")).isEmpty();
        assertThat(names("preview")).isEmpty();
    }

    /** Of a model with several stages too, in whichever of them it is. */
    @Test
    void aModelOfSeveralStagesStopsWithinAStep() throws IOException {
        ShellRun run = run("stopped cat-2.png imagine cat --model \"$TINY/../tiny-karlo\" --count 900 -o cat.png");
        int drawn = number("zeuxis imagine: stopped; (\\d+) of 900 pictures are written\n", run);
        assertThat(names("cat-")).hasSize(drawn);
        for (String name : names("cat-")) ImageFile.read(folder.resolve(name));
    }

    @Test
    void aGridHasWhatIsFinished() throws IOException {
        ShellRun run = stoppedAfter(4);
        for (int seconds = 8; seconds < 100 && run.err().isEmpty(); seconds *= 2) run = stoppedAfter(seconds);
        int drawn = number("zeuxis imagine: stopped; (\\d+) of 900 pictures are written\n", run);
        assertThat(Files.exists(folder.resolve("cat.png"))).isEqualTo(drawn > 0);
    }

    /** A machine that is busy may not have begun to draw by then; Java ends without a word if so. */
    private ShellRun stoppedAfter(int seconds) throws IOException {
        Files.deleteIfExists(folder.resolve("now"));
        return run("(sleep " + seconds + "; touch now) & stopped now imagine cat --model \"$TINY\" --count 900"
                + " --steps 200 --grid -o cat.png");
    }

    @Test
    void aSheetIsWholeOrNotThere() throws IOException {
        Files.writeString(folder.resolve("prompts.txt"), "cat\n".repeat(900));
        ShellRun run = run("stopped each/0003.png sheet prompts.txt --each each --model \"$TINY\" -o sheet.png");
        int drawn = number("zeuxis sheet: stopped; (\\d+) of 900 pictures are in each\n", run);
        assertThat(folder.resolve("sheet.png")).doesNotExist();
        try (Stream<Path> each = Files.list(folder.resolve("each"))) {
            assertThat(each).hasSize(2 * drawn);
        }
    }

    @Test
    void anIndexKeepsWhatIsDoneAndGoesOn() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        int count = 1500;
        for (int i = 0; i < count; i++) {
            byte[] colour = {(byte) i, (byte) (i >> 8), 0};
            ImageFile.write(pictures.resolve(i + ".png"), new Image(1, 1, 3, colour));
        }
        TinyClip.save(folder.resolve("clip"), 1);
        String index = " search index pictures --into index --clip clip";
        int done = number(
                "zeuxis search index: stopped; (\\d+) pictures more are in the index, and the same command goes on\n",
                run("stopped 'index/segments_*'" + index));
        assertThat(run("zeuxis" + index).out())
                .isEqualTo("index: " + (count - done) + " new, 0 changed, " + done
                        + " unchanged, 0 dropped, 0 unreadable\n");
    }

    private ShellRun run(String line) throws IOException {
        return ShellRun.of(folder, STOPPED + line + "\n");
    }

    /** The number in what was said, once it is seen that the command ended as a stopped one should. */
    private int number(String said, ShellRun run) throws IOException {
        Matcher matcher = Pattern.compile(said).matcher(run.err());
        assertThat(matcher.matches()).as(run.err()).isTrue();
        assertThat(run.code()).isEqualTo(130);
        assertThat(names(".unfinished")).isEmpty();
        return Integer.parseInt(matcher.group(1));
    }

    private List<String> names(String start) throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> String.valueOf(path.getFileName()))
                    .filter(name -> name.startsWith(start))
                    .toList();
        }
    }
}
