package org.zeuxis.models.latentdiffusion.autoencoder;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Of large pictures the autoencoder computes bands of rows, to the numbers of the whole, which is kept while gradients are recorded. */
class LargePictureTest {
    @ParameterizedTest
    @CsvSource({"1, 520, 516", "1, 516, 1040", "2, 520, 516"})
    void decodedInBandsItIsThatOfTheWhole(int batch, int height, int width) throws IOException {
        expectSame(AutoencoderKl::decode, Seed.of(1).randn(batch, 4, height / 4, width / 4), 4);
    }

    @ParameterizedTest
    @CsvSource({"1, 520, 516", "1, 516, 1040", "2, 520, 516"})
    void encodedInBandsItIsThatOfTheWhole(int batch, int height, int width) throws IOException {
        Tensor pictures = Seed.of(2).randn(batch, 3, height, width);
        expectSame((autoencoder, x) -> autoencoder.encode(x).mean(), pictures, 1);
        expectSame((autoencoder, x) -> autoencoder.encode(x).logVariance(), pictures, 1);
    }

    private interface Coding {
        Tensor apply(AutoencoderKl autoencoder, Tensor x);
    }

    private static void expectSame(Coding coding, Tensor x, int factor) throws IOException {
        ModelFolder folder =
                ModelFolder.open(Golden.path("tiny-stable-diffusion")).component("vae");
        try (AutoencoderKl autoencoder = AutoencoderKl.load(folder, DType.FLOAT32);
                Scope scope = new Scope()) {
            UnaryOperator<Tensor> coded = y -> coding.apply(autoencoder, y);
            Tensor whole = coded.apply(x).detach();
            try (Gradients off = Gradients.off()) {
                assertThat(Bands.suit(1, factor * x.size(2), factor * x.size(3)))
                        .isTrue();
                Tensor banded = coded.apply(x);
                assertThat(banded.shape()).isEqualTo(whole.shape());
                assertThat(banded.maxDifference(whole))
                        .isLessThan(1e-5 * whole.abs().max());
                assertThat(banded.maxDifference(whole)).as("by another way").isPositive();
            }
        }
    }
}
