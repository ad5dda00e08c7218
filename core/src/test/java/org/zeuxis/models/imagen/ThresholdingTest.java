package org.zeuxis.models.imagen;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Section 2.3 of the paper: high guidance saturates pixels, which static thresholding keeps and dynamic thresholding pushes inwards. */
class ThresholdingTest {

    private static double saturated(Imagen imagen, Thresholding thresholding, double guidance) {
        try (Scope scope = new Scope()) {
            Tensor text = Seed.of(5).randn(8, 9, 16);
            Tensor none = Seed.of(6).randn(8, 9, 16);
            Tensor drawn = imagen.base()
                    .with(thresholding)
                    .draw(text, none, new Sampling(6, guidance, ""), Seed.of(7), Progress.NONE);
            assertThat(drawn.abs().max()).isLessThanOrEqualTo(1);
            return 1 - drawn.abs().lessThan(0.999).to(DType.FLOAT32).mean().item();
        }
    }

    @Test
    void dynamicSaturatesFewerPixelsThanStaticWhereGuidanceIsHigh() throws IOException {
        try (Imagen imagen = Imagen.load(Golden.path("tiny-if"), DType.FLOAT32)) {
            double low = saturated(imagen, Thresholding.STATIC, 1);
            double high = saturated(imagen, Thresholding.STATIC, 15);
            assertThat(high).isGreaterThan(low);
            assertThat(saturated(imagen, Thresholding.DYNAMIC, 15)).isLessThan(0.5 * high);
        }
    }

    @Test
    void eachDrawsAnotherPictureAndThePublishedIsTheSchedulers() throws IOException {
        try (Imagen imagen = Imagen.load(Golden.path("tiny-if"), DType.FLOAT32)) {
            ImageRequest request = ImageRequest.of("a corgi").withSteps(4).withGuidance(9);
            byte[] published = imagen.generate(request).get(0).image().samples();
            assertThat(imagen.with(Thresholding.PUBLISHED)
                            .generate(request)
                            .get(0)
                            .image()
                            .samples())
                    .isEqualTo(published);
            for (Thresholding other :
                    new Thresholding[] {Thresholding.DYNAMIC, Thresholding.STATIC, Thresholding.NONE}) {
                assertThat(imagen.with(other).generate(request).get(0).image().samples())
                        .as(other.name())
                        .isNotEqualTo(published);
            }
        }
    }
}
