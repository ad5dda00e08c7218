package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** The models that ship. */
class PictogramsTest {
    private static final Path SHIPPED =
            Path.of("..", "pictograms", "src", "main", "resources", "org", "zeuxis", "pictograms");

    @Test
    void theFirstCommandOfTheReadmeDrawsAPictureAndTheSameOneTwice(@TempDir Path folder) throws IOException {
        Path first = folder.resolve("first.png");
        Path second = folder.resolve("second.png");
        for (Path file : List.of(first, second)) {
            CommandRun run = CommandRun.of("imagine", "a red car", "-o", file.toString());
            assertThat(run.err()).isEmpty();
            assertThat(run.code()).isZero();
        }
        Image image = ImageFile.read(first);
        assertThat(List.of(image.width(), image.height())).containsExactly(64, 64);
        assertThat(second).hasSameBinaryContentAs(first);
        byte[] samples = image.samples();
        int darkest = 255;
        for (byte sample : samples) darkest = Math.min(darkest, sample & 255);
        assertThat(darkest).as("something is drawn on the white").isLessThan(128);
    }

    @Test
    void theShippedClipKnowsWhichWordsBelongTogether() throws IOException {
        ClipFolder clip = ClipFolder.pictograms();
        Tensor texts = clip.embedTexts(List.of("red apple", "flat icon of a red apple", "bus", "trolleybus"));
        float[] cosines = texts.matmul(texts.transpose(0, 1)).toFloats();
        float sameApple = cosines[1];
        float appleAndBus = cosines[2];
        float twoBuses = cosines[2 * 4 + 3];
        assertThat(sameApple).isGreaterThan(appleAndBus + 0.2f);
        assertThat(twoBuses).isGreaterThan(appleAndBus + 0.2f);
    }

    @Test
    void weightsAreSmallAndHalfPrecise() throws IOException {
        assertThat(bytesOfHalfPreciseWeights("latent-diffusion")).isBetween(1L, 49_000_000L);
        assertThat(bytesOfHalfPreciseWeights("clip")).isBetween(1L, 32_000_000L);
    }

    private static long bytesOfHalfPreciseWeights(String model) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(SHIPPED.resolve(model))) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
                bytes += Files.size(file);
                try (Safetensors weights = Safetensors.open(file)) {
                    for (String name : weights.names()) {
                        assertThat(weights.dtype(name)).as(name).isEqualTo(DType.BFLOAT16);
                    }
                }
            }
        }
        return bytes;
    }
}
