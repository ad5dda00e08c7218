package org.zeuxis.app.judge;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.models.inception.InceptionV3;

/** {@code evaluate fid} and {@code evaluate clip-score} with networks of random weights. */
class FidCommandTest {
    @TempDir
    private Path folder;

    private String clip = "";

    @BeforeEach
    void tinyClip() throws IOException {
        clip = TinyClip.save(folder.resolve("clip"), 1);
    }

    /** Pictures of random blocks without captions. */
    private String pictures(String name, int count, long seed) throws IOException {
        Path made = Files.createDirectories(folder.resolve(name));
        Random random = new Random(seed);
        for (int i = 0; i < count; i++) {
            BufferedImage picture = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
            for (int y = 0; y < 16; y += 4) {
                for (int x = 0; x < 16; x += 4) {
                    int color = random.nextInt(1 << 24);
                    for (int at = 0; at < 16; at++) picture.setRGB(x + at % 4, y + at / 4, color);
                }
            }
            ImageIO.write(picture, "png", made.resolve(i + ".png").toFile());
        }
        return made.toString();
    }

    @Test
    void aSetIsNearToItselfAndFarFromOthers() throws IOException {
        String real = pictures("real", 40, 1);
        CommandRun same = CommandRun.of("evaluate", "fid", real, real, "--clip", clip);
        assertThat(same.err()).isEmpty();
        assertThat(same.out())
                .contains("pictures         40 generated, 40 real", "features         CLIP " + clip)
                .containsPattern("FID +-?\\d\\.\\d+e-\\d+|FID +0")
                .contains("precision        100.0 %", "recall           100.0 %", "CMMD             0.0000")
                .doesNotContain("Inception");
        String other = pictures("other", 40, 2);
        CommandRun apart = CommandRun.of("evaluate", "fid", other, real, "--clip", clip, "--limit", "20");
        assertThat(apart.out()).contains("20 generated, 20 real").doesNotContain("CMMD             0.0000");
        assertThat(apart.code()).isZero();
    }

    @Test
    void inceptionSaysHowPicturesWereResized() throws IOException {
        String real = pictures("real", 12, 1);
        Path weights = folder.resolve("inception.safetensors");
        try (InceptionV3 drawn = new InceptionV3()) {
            SafetensorsWriter.write(weights, drawn.parameters(), Map.of());
        }
        CommandRun run =
                CommandRun.of("evaluate", "fid", real, real, "--inception", weights.toString(), "--resize", "clean");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("resized by bicubic of Pillow, as clean-fid")
                .contains("(fewer pictures than the 2048 features: too large)")
                .contains("Inception score  1.0")
                .contains("recall           100.0 %");
    }

    @Test
    void whatCannotBeJudgedByIsRefused() throws IOException {
        String real = pictures("real", 4, 1);
        CommandRun alone = CommandRun.of("evaluate", "fid", real, real, "--resize", "clean");
        assertThat(alone.err()).hasLineCount(1).contains("--resize: expected --inception beside it");
        assertThat(alone.code()).isEqualTo(2);
        CommandRun both = CommandRun.of("evaluate", "fid", real, real, "--inception", "x", "--clip", clip);
        assertThat(both.err()).hasLineCount(1).contains("expected --inception or --clip, got both");
        CommandRun other = CommandRun.of("evaluate", "fid", real, real, "--inception", clip);
        assertThat(other.err()).hasLineCount(1).contains("--inception: ", "InceptionV3");
        assertThat(other.code()).isEqualTo(1);
        CommandRun none =
                CommandRun.of("evaluate", "fid", real, folder.resolve("none").toString());
        assertThat(none.err()).hasLineCount(1).contains("none");
    }

    @Test
    void clipScoreIsOfPicturesAndTheirCaptions() throws IOException {
        String real = pictures("real", 3, 1);
        for (int i = 0; i < 3; i++) Files.writeString(Path.of(real, i + ".txt"), "cat number " + i);
        CommandRun run =
                CommandRun.of("evaluate", "clip-score", real, "--clip", clip, "--template", "A photo depicts {}");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).containsPattern("CLIPScore  \\d\\.\\d{3} ± \\d\\.\\d{3} \\(of 2\\.5; 3 pictures\\)");
        CommandRun bare = CommandRun.of("evaluate", "clip-score", real, "--clip", clip);
        assertThat(bare.out()).isNotEqualTo(run.out());
    }
}
