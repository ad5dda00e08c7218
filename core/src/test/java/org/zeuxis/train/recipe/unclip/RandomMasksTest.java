package org.zeuxis.train.recipe.unclip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.models.unclip.Decoder;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

class RandomMasksTest {
    @Test
    void aQuarterIsWhollyUnknownAndTheRestInPart() {
        int size = 16;
        Tensor masks = RandomMasks.unknown(400, size, Seed.of(1));
        assertThat(masks.shape()).containsExactly(400, 1, size, size);
        float[] shares = masks.reshape(400, -1).mean(1).toFloats();
        int whole = 0;
        int half = 0;
        for (float share : shares) {
            assertThat(share).isBetween(0f, 1f);
            if (share == 1) whole++;
            if (share > 0 && share < 1) half++;
        }
        assertThat(whole).isBetween(70, 150);
        assertThat(half).isGreaterThan(200);
        for (float value : masks.toFloats()) assertThat(value).isIn(0f, 1f);
        // those of one seed are the same
        assertThat(RandomMasks.unknown(400, size, Seed.of(1)).maxDifference(masks))
                .isZero();
        // a corner of what is within the rectangle of some and without of others
        assertThat(masks.select(2, 8).select(2, 8).mean().item()).isBetween(0.3, 0.95);
    }

    /** Before it is trained, a network with GLIDE's further channels answers as it did without, whatever it is shown. */
    @Test
    void newChannelsChangeNothingAtFirst() throws IOException {
        try (Decoder plain = Decoder.load(ModelFolder.open(Golden.path("tiny-karlo/decoder")));
                Decoder wider = DecoderRecipe.inpainting(plain);
                Gradients off = Gradients.off()) {
            assertThat(wider.config().channels()).isEqualTo(3);
            assertThat(wider.config().unet().inChannels()).isEqualTo(7);
            Tensor x = Seed.of(1).randn(1, 3, 8, 8);
            Tensor t = Tensor.full(500, 1);
            Conditioning told =
                    Conditioning.of(Seed.of(2).randn(1, 16), Seed.of(3).randn(1, 5, 10));
            Tensor before = plain.forward(x, t, told);
            Tensor known = Decoder.shown(Seed.of(4).randn(1, 3, 8, 8), Tensor.zeros(1, 1, 8, 8));
            assertThat(wider.forward(x, t, known, told).maxDifference(before)).isLessThan(1e-5);
            assertThat(wider.forward(x, t, told).maxDifference(before)).isLessThan(1e-5);
            assertThat(DecoderRecipe.inpainting(wider)).isSameAs(wider);
        }
    }
}
