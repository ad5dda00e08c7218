package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code zeuxis evaluate priors}, with a prior that {@code zeuxis train} made. */
class PriorsCommandTest {
    @TempDir
    private Path folder;

    private String clip = "";
    private String pictures = "";

    @BeforeEach
    void drawings() throws IOException {
        clip = TinyClip.save(folder.resolve("clip"), 1);
        Path data = Files.createDirectories(folder.resolve("data"));
        List<Color> colors = List.of(Color.RED, Color.GREEN, Color.BLUE);
        for (int i = 0; i < colors.size(); i++) {
            BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB);
            for (int y = 4; y < 12; y++)
                for (int x = 4; x < 12; x++) picture.setRGB(x, y, colors.get(i).getRGB());
            ImageIO.write(picture, "png", data.resolve(i + ".png").toFile());
            Files.writeString(
                    data.resolve(i + ".txt"), List.of("cat", "dog", "fish").get(i));
        }
        pictures = data.toString();
    }

    /** An autoregressive prior over the tiny CLIP, from its recipe; the folder of the result. */
    private String trained() throws IOException {
        String json = """
                {"recipe": "autoregressive-prior", "run": "%s", "clip": "%s", "pictures": 20, "buckets": 16, "dot_buckets": 4,
                 "data": {"dataset": "%s", "size": 16},
                 "model": {"num_attention_heads": 2, "attention_head_dim": 4, "num_layers": 1},
                 "training": {"steps": 2, "batch": 4, "learning_rate": 1e-3, "warm_up": 1}}
                """.formatted(folder.resolve("run"), clip, pictures).replace('\\', '/');
        Path recipe = Files.writeString(folder.resolve("prior.json"), json);
        CommandRun train = CommandRun.of("train", recipe.toString());
        assertThat(train.code()).as(train.err()).isZero();
        return folder.resolve("run").resolve("model").toString();
    }

    @Test
    void aRowForEachWayToAskAndOneForNoPrior() throws IOException {
        String prior = trained();
        CommandRun run = CommandRun.of(
                "evaluate", "priors", pictures, prior, "--clip", clip, "--guidance", "1,3", "--candidates", "2");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(5);
        assertThat(lines.get(0)).isEqualTo("pictures  3, captions 3");
        assertThat(lines.get(2)).startsWith("none ").contains(" of 3)").contains("100.0 %");
        assertThat(lines.get(3)).startsWith("autoregressive ").contains("1.0 ", " 2 ", " of 3)", "±");
        assertThat(lines.get(4)).startsWith("autoregressive ").contains("3.0 ");
    }

    @Test
    void aPriorOfAnotherClipIsRefusedInOneLine() throws IOException {
        String prior = trained();
        CommandRun run = CommandRun.of("evaluate", "priors", pictures, prior);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .contains(
                        "expected a prior of embeddings 384 wide, as this CLIP's, got one of 8; name its CLIP with --clip");
        CommandRun none = CommandRun.of("evaluate", "priors", pictures, clip, "--clip", clip);
        assertThat(none.code()).isEqualTo(1);
        assertThat(none.err()).hasLineCount(1);
    }
}
