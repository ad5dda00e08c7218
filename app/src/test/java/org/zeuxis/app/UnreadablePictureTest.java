package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

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

    /** Three good pictures, four bad ones, each with a caption. */
    private void fill() throws IOException {
        Files.delete(bad);
        for (int i = 0; i < 7; i++) {
            Path file = pictures.resolve("p" + i + ".png");
            if (i % 2 == 0) Files.writeString(file, "no picture");
            else ImageFile.write(file, new Image(24, 24, 3, new byte[1728]));
            Files.writeString(pictures.resolve("p" + i + ".txt"), i % 3 == 0 ? "a cat" : "a dog");
        }
    }

    private static final String NAMES = "p0.png, p2.png, p4.png and 1 more";

    @Test
    void classifyCountsThem() throws IOException {
        fill();
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        List<String> command = new ArrayList<>(List.of("classify", "--labels", "cat,dog", "--clip", clip));
        for (int i = 0; i < 7; i++)
            command.add(pictures.resolve("p" + i + ".png").toString());
        CommandRun run = CommandRun.of(command.toArray(String[]::new));
        assertThat(run.err().replace(pictures + "/", ""))
                .endsWith("zeuxis classify: 4 of 7 pictures unreadable: " + NAMES + "\n");
        assertThat(run.code()).isEqualTo(1);
    }

    @Test
    void evaluateCountsThem() throws IOException {
        fill();
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        CommandRun run = CommandRun.of("evaluate", "zero-shot", pictures.toString(), "--clip", clip);
        assertThat(run.err()).endsWith("4 of 7 pictures left out: " + NAMES + "\n");
        assertThat(run.out()).startsWith("pictures  3\n");
    }

    @Test
    void inspectCountsNoneOfThemAsCaptioned() throws IOException {
        fill();
        CommandRun run = CommandRun.of("inspect", pictures.toString());
        assertThat(run.out())
                .startsWith(pictures + ": dataset of 3 captioned pictures\n  first: p1.png, 24x24, [a dog]\n")
                .contains("  4 of 7 pictures unreadable: " + NAMES + "\n", "  left out: 4 alike, the first p0.png: ");
        assertThat(run.code()).isZero();
    }

    @Test
    void trainCountsThem() throws IOException {
        fill();
        Path recipe = Files.writeString(
                folder.resolve("tiny.json"),
                "{\"recipe\": \"autoencoder\", \"run\": \"" + folder.resolve("run") + "\", \"data\": {\"dataset\": \""
                        + pictures
                        + "\", \"size\": 16}, \"model\": {\"block_out_channels\": [8], \"norm_num_groups\": 2},"
                        + " \"training\": {\"steps\": 14, \"batch\": 1, \"learning_rate\": 1e-3, \"warm_up\": 0}}");
        CommandRun run = CommandRun.of("train", recipe.toString());
        assertThat(run.err()).endsWith("zeuxis train: 4 left out of the data: " + NAMES + "\n");
        assertThat(run.code()).isZero();
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
