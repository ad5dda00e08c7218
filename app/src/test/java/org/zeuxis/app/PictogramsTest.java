package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.UnClip;
import org.zeuxis.models.unclip.UnClipParts;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** The models that ship. */
class PictogramsTest {
    private static final Path SHIPPED = shippedBy("pictograms");

    private static Path shippedBy(String module) {
        return Path.of("..", module, "src", "main", "resources", "org", "zeuxis", "pictograms");
    }

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
    void bfloat16DrawsWhatFloat32Draws(@TempDir Path folder) throws IOException {
        Image exact = drawn(folder.resolve("exact.png"), "float32");
        Image half = drawn(folder.resolve("half.png"), "bfloat16");
        double squares = 0;
        for (int i = 0; i < exact.samples().length; i++) {
            squares += Math.pow((exact.samples()[i] & 255) - (half.samples()[i] & 255), 2);
        }
        double meanSquare = squares / exact.samples().length;
        assertThat(10 * Math.log10(255 * 255 / meanSquare)).as("PSNR").isBetween(35.0, 90.0);
    }

    private static Image drawn(Path file, String type) throws IOException {
        CommandRun run = CommandRun.of("imagine", "a red car", "--dtype", type, "-o", file.toString());
        assertThat(run.err()).isEmpty();
        return ImageFile.read(file);
    }

    @Test
    void bfloat16PutsTextsWhereFloat32Does() throws IOException {
        List<String> texts = List.of("red apple", "flat icon of a red apple", "bus", "trolleybus");
        try (ClipFolder exact = ClipFolder.pictograms(DType.FLOAT32);
                ClipFolder half = ClipFolder.pictograms(DType.BFLOAT16)) {
            assertThat(half.clip().scale())
                    .as("a factor of every result")
                    .isEqualTo(exact.clip().scale());
            Tensor cosines =
                    exact.embedTexts(texts).times(half.embedTexts(texts)).sum(-1);
            assertThat(cosines.min()).isBetween(0.999, 0.9999999);
        }
    }

    /** Stage by stage, with few steps, as a heart needs no more. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {"unclip | 8,prior=8,upsampler256=2", "imagen | 12,upsampler256=4"})
    void aShippedCascadeDrawsAHeartOfTheColourThatIsAskedFor(String model, String steps, @TempDir Path folder)
            throws IOException {
        Path file = folder.resolve("heart.png");
        CommandRun run = CommandRun.of(
                "imagine", "a red heart", "--model", model, "--size", "256", "--steps", steps, "-o", file.toString());
        assertThat(run.code()).as(run.err()).isZero();
        Image heart = ImageFile.read(file);
        assertThat(List.of(heart.width(), heart.height())).containsExactly(256, 256);
        int middle = 3 * (128 * 256 + 128);
        int red = heart.samples()[middle] & 255;
        assertThat(red - (heart.samples()[middle + 1] & 255)).isGreaterThan(80);
        assertThat(red - (heart.samples()[middle + 2] & 255)).isGreaterThan(80);
        for (int channel = 0; channel < 3; channel++) {
            assertThat(heart.samples()[channel] & 255).as("the corner is white").isGreaterThan(200);
        }
    }

    @Test
    void whoAsksBeforeItIsOpenedLearnsAllThatTheShippedUnClipCanDo() throws IOException {
        assertThat(UnClipParts.of(UnClip.pictogramsFolder()))
                .isEqualTo(new UnClipParts(true, true, List.of(256, 1024)));
    }

    @Test
    void theShippedFlamingoNamesAnAppleAndItsColour() {
        String apple = Path.of("../docs/pictures/apple.png").toString();
        CommandRun named = CommandRun.of("describe", apple);
        assertThat(named.code()).as(named.err()).isZero();
        assertThat(named.out()).startsWith(apple + ": ");
        assertThat(named.out().substring(apple.length())).contains("apple");
        assertThat(CommandRun.of("describe", apple, "--ask", "what colour is it?")
                        .out())
                .contains("red");
    }

    @Test
    void theShippedFlamingoRemembersThePicture() {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream("what is it?\nwhat colour is it?\n".getBytes(StandardCharsets.UTF_8)));
        try {
            CommandRun run = CommandRun.of("chat", "../docs/pictures/apple.png");
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out().lines().toList()).hasSize(2);
            assertThat(run.out().lines().toList().get(0)).contains("apple");
            assertThat(run.out().lines().toList().get(1)).contains("red");
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void weightsAreSmallAndHalfPrecise() throws IOException {
        assertThat(bytesOfHalfPreciseWeights("latent-diffusion")).isBetween(1L, 49_000_000L);
        assertThat(bytesOfHalfPreciseWeights("clip")).isBetween(1L, 32_000_000L);
        Path unclip = shippedBy("pictograms-unclip").resolve("unclip");
        assertThat(bytesOfHalfPreciseWeights(unclip)).isBetween(1L, 40_000_000L);
        Path imagen = shippedBy("pictograms-imagen").resolve("imagen");
        long textEncoder = bytesOfHalfPreciseWeights(imagen.resolve("text_encoder"));
        assertThat(bytesOfHalfPreciseWeights(imagen) - textEncoder).isBetween(1L, 40_000_000L);
        Path flamingo = shippedBy("pictograms-flamingo").resolve("flamingo");
        assertThat(bytesOfHalfPreciseWeights(flamingo)).isBetween(1L, 40_000_000L);
    }

    private static long bytesOfHalfPreciseWeights(String model) throws IOException {
        return bytesOfHalfPreciseWeights(SHIPPED.resolve(model));
    }

    private static long bytesOfHalfPreciseWeights(Path model) throws IOException {
        long bytes = 0;
        try (Stream<Path> files = Files.walk(model)) {
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
