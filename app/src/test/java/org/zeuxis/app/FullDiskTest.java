package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/** Commands to which the system refuses to write more than 1 KiB into a file, as a disk does that is full. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
    private static final String FULL = "full() { (ulimit -f 1; zeuxis \"$@\"); }\n";

    @TempDir
    Path folder;

    @BeforeEach
    void makePictures() throws IOException {
        Path pictures = Files.createDirectories(folder.resolve("pictures"));
        for (int i = 0; i < 20; i++) {
            byte[] noise = new byte[32 * 32 * 3];
            new java.util.Random(i).nextBytes(noise);
            ImageFile.write(pictures.resolve(i + ".png"), new Image(32, 32, 3, noise));
        }
        TinyClip.save(folder.resolve("clip"), 1);
    }

    @Test
    void convertLeavesNothingThatBlocksTheNextTry() throws IOException {
        ShellRun run = run("full convert \"$TINY\" half --dtype float16");
        failed(run, "zeuxis convert: half/");
        assertThat(names()).doesNotContain("half").noneMatch(name -> name.startsWith(".unfinished"));
        assertThat(run("zeuxis convert \"$TINY\" half --dtype float16").code()).isZero();
    }

    @Test
    void imagineLeavesTheOldPicture() throws IOException {
        Files.writeString(folder.resolve("old.png"), "old");
        failed(run("full imagine cat --model \"$TINY\" --steps 1 -o old.png --force"), "zeuxis imagine: old.png: ");
        assertThat(folder.resolve("old.png")).hasContent("old");
        assertThat(names()).noneMatch(name -> name.startsWith(".unfinished"));
    }

    @Test
    void aSheetLeavesTheOldOne() throws IOException {
        Files.writeString(folder.resolve("prompts.txt"), "cat\ndog\n");
        Files.writeString(folder.resolve("old.png"), "old");
        failed(run("full sheet prompts.txt --model \"$TINY\" --steps 1 -o old.png --force"), "zeuxis sheet: old.png: ");
        assertThat(folder.resolve("old.png")).hasContent("old");
    }

    @Test
    void aPageOfFindingsLeavesTheOldOne() throws IOException {
        Files.writeString(folder.resolve("old.html"), "old");
        assertThat(run("zeuxis search index pictures --into index --clip clip").err())
                .isEmpty();
        failed(run("full search find index cat --html old.html --force"), "zeuxis search find: old.html: ");
        assertThat(folder.resolve("old.html")).hasContent("old");
        assertThat(names()).noneMatch(name -> name.startsWith(".unfinished"));
    }

    @Test
    void anIndexStaysAtItsLastCommitAndGoesOn() throws IOException {
        failed(run("full search index pictures --into index --clip clip"), "zeuxis search index: index: ");
        ShellRun next = run("zeuxis search index pictures --into index --clip clip");
        assertThat(next.out()).as(next.err()).contains("index: 20 new");
    }

    @Test
    void outputThatIsNotWholeIsAFailure() throws IOException {
        ShellRun run = run("zeuxis inspect \"$TINY\" > /dev/full");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains("expected to write all of the output, got 'No space left");
        assertThat(run("set -o pipefail; zeuxis inspect \"$TINY\" | true").err())
                .isEmpty();
    }

    private static void failed(ShellRun run, String start) {
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith(start)
                .contains("expected a disk that takes all of it, got 'File too large'; make room");
        assertThat(run.code()).isEqualTo(1);
    }

    private ShellRun run(String line) throws IOException {
        return ShellRun.of(folder, FULL + line + "\n");
    }

    private List<String> names() throws IOException {
        try (Stream<Path> list = Files.list(folder)) {
            return list.map(path -> String.valueOf(path.getFileName())).toList();
        }
    }
}
