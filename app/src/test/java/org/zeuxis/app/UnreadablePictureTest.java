package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;
import org.zeuxis.image.ImageFile;

/** A picture that cannot be read is told before a model is opened, which may take long: here there is none. */
class UnreadablePictureTest {
    @TempDir
    Path folder;

    private Path pictures = Path.of("");
    private Path bad = Path.of("");
    private String index = "";

    @BeforeEach
    void makeFolder() throws IOException {
        pictures = Files.createDirectories(folder.resolve("pictures"));
        bad = Files.writeString(pictures.resolve("bad.png"), "no picture");
        index = folder.resolve("index").toString();
    }

    @Test
    void classify() {
        assertTold(CommandRun.of("classify", bad.toString(), "--labels", "cat,dog", "--clip", "no/clip"));
    }

    @Test
    void searchIndexOfNothingElse() throws IOException {
        Files.createFile(pictures.resolve("empty.png"));
        CommandRun run = CommandRun.of("search", "index", pictures.toString(), "--into", index, "--clip", "no/clip");
        assertTold(run);
        assertThat(run.err()).contains("pictures: expected pictures, got none of 2 that can be read; ");
        assertThat(Path.of(index)).doesNotExist();
    }

    @Test
    void searchFind() throws IOException {
        ImageFile.write(pictures.resolve("good.png"), new Image(3, 2, 3, new byte[18]));
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        assertThat(CommandRun.of("search", "index", pictures.toString(), "--into", index, "--clip", clip)
                        .code())
                .isZero();
        assertTold(CommandRun.of("search", "find", index, "--image", bad.toString(), "--clip", "no/clip"));
    }

    private static void assertTold(CommandRun run) {
        assertThat(run.err()).hasLineCount(1).contains("bad.png: expected").doesNotContain("no/clip");
        assertThat(run.out()).isEmpty();
        assertThat(run.code()).isEqualTo(1);
    }
}
