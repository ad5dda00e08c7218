package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** A vision transformer that looks at some patches of a picture only. */
class ClipVisionModelTest {
    private static final int SIZE = 16;
    private static final int PATCH = 4;
    private final ClipVisionModel model = Initialization.seeded(
            Seed.of(3),
            () -> new ClipVisionModel(new ClipVisionModel.Config(SIZE, PATCH, 16, 2, 2, 32, Activation.GELU)));
    private final Tensor pixels = Seed.of(4).randn(2, 3, SIZE, SIZE);

    private Tensor seen(Tensor pixels, long... patches) {
        try (Gradients off = Gradients.off()) {
            Tensor kept = Tensor.of(patches, 1, patches.length).expand(2, -1);
            return model.pooled(model.forward(pixels, kept));
        }
    }

    @Test
    void all_patches_in_any_order_are_the_whole_picture() {
        Tensor whole;
        try (Gradients off = Gradients.off()) {
            whole = model.pooled(model.forward(pixels));
        }
        long[] backwards = new long[16];
        for (int i = 0; i < 16; i++) backwards[i] = 15 - i;
        assertThat(seen(pixels, backwards).maxDifference(whole)).isLessThan(1e-5);
    }

    @Test
    void a_patch_that_is_not_looked_at_changes_nothing_and_one_that_is_does() {
        float[] painted = pixels.toFloats();
        // row 1, column 2 of patches is number 6; rows of pixels 4 to 7, columns 8 to 11
        for (int y = 4; y < 8; y++) for (int x = 8; x < 12; x++) painted[y * SIZE + x] += 3;
        Tensor other = Tensor.of(painted, 2, 3, SIZE, SIZE);
        assertThat(seen(other, 0, 5, 9).maxDifference(seen(pixels, 0, 5, 9))).isZero();
        assertThat(seen(other, 0, 6, 9).maxDifference(seen(pixels, 0, 6, 9))).isGreaterThan(0.01);
    }
}
