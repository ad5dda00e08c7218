package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** GLIDE: the decoder told the words alone, and pictures redrawn by it where a mask is white. */
class EditingTest {
    private static final ImageRequest WORDS = ImageRequest.of("a red bird on a small tree")
            .withSeed(2)
            .with(new Sampling(4, 3, ""))
            .with("upsampler32", new Sampling(2, 1, ""));

    @TempDir
    Path temporary;

    private final Image picture = WholeUnClip.picture(32, 32);
    private UnClip plain;
    private UnClip looking;

    @BeforeEach
    void open() throws IOException {
        plain = WholeUnClip.model();
        looking = WholeUnClip.inpainting(WholeUnClip.model());
    }

    @AfterEach
    void close() {
        plain.close();
        looking.close();
    }

    private ImageRequest edit(Image white) {
        return WORDS.from(picture, 1).mask(white);
    }

    private static Image drawn(UnClip model, ImageRequest request) {
        return model.generate(request).get(0).image();
    }

    private static int leftDifference(Image a, Image b) {
        int most = 0;
        for (int y = 0; y < a.height(); y++) {
            for (int x = 0; x < a.width() / 2; x++) {
                for (int c = 0; c < 3; c++) most = Math.max(most, Math.abs(a.sample(x, y, c) - b.sample(x, y, c)));
            }
        }
        return most;
    }

    @Test
    void whatIsNotMaskedStaysAtEverySize() {
        for (UnClip model : new UnClip[] {plain, looking}) {
            for (int size : new int[] {8, 32}) {
                Image edited = drawn(model, edit(WholeUnClip.mask(32)).withSize(size, size));
                Image scaled = Resize.Filter.BICUBIC.scale(picture, size, size);
                assertThat(leftDifference(edited, scaled)).isLessThanOrEqualTo(1);
                assertThat(edited.samples()).isNotEqualTo(scaled.samples());
            }
        }
    }

    /** What is known changes what a network draws beside it, if it learned to look; the wrapped one is shown it too. */
    @Test
    void whatIsDrawnDependsOnWhatIsKept() {
        Image other = new Image(32, 32, 3, new byte[32 * 32 * 3]);
        Image mask = WholeUnClip.mask(32);
        for (UnClip model : new UnClip[] {plain, looking}) {
            Image one = drawn(model, edit(mask).withSize(8, 8));
            Image two = drawn(model, WORDS.from(other, 1).mask(mask).withSize(8, 8));
            boolean same = true;
            for (int y = 0; y < 8; y++) for (int x = 5; x < 8; x++) same &= one.sample(x, y, 0) == two.sample(x, y, 0);
            assertThat(same).isFalse();
        }
    }

    @Test
    void aWhiteMaskAndNoneAreTheSameToANetworkThatLooks() {
        byte[] white = new byte[32 * 32 * 3];
        Arrays.fill(white, (byte) 255);
        ImageRequest words =
                WORDS.with("prior", Sampling.OWN.withSampler("glide")).withSize(8, 8);
        Image masked = drawn(looking, edit(new Image(32, 32, 3, white)).withSize(8, 8));
        assertThat(masked.samples()).isEqualTo(drawn(looking, words).samples());
    }

    @Test
    void glideIsTheDecoderWithoutAnImageEmbedding() {
        ImageRequest glide =
                WORDS.with("prior", Sampling.OWN.withSampler("glide")).withSize(8, 8);
        GeneratedImage drawn = plain.generate(glide).get(0);
        assertThat(drawn.request().sampling("prior").sampler()).isEqualTo("glide");
        UnClip without = plain.withPriors(List.of());
        assertThat(drawn(without, glide).samples()).isEqualTo(drawn.image().samples());
        assertThat(drawn(plain, WORDS.withSize(8, 8)).samples())
                .isNotEqualTo(drawn.image().samples());
        assertThatThrownBy(() -> drawn(plain, glide.with("prior", new Sampling(3, 1, "glide"))))
                .hasMessage("expected no steps, as the decoder is told the words alone, got 3; leave them out");
        assertThatThrownBy(() -> drawn(
                        plain,
                        glide.with("prior", Sampling.OWN.withSampler("glide").withGuidance(2))))
                .hasMessage("expected no guidance of the prior where the decoder is told the words alone, got 2.0;"
                        + " leave it out");
    }

    @Test
    void anEditMayHaveTheEmbeddingOfAPriorToo() {
        ImageRequest edit = edit(WholeUnClip.mask(32)).withSize(8, 8);
        GeneratedImage glide = plain.generate(edit).get(0);
        assertThat(glide.request().sampling("prior").sampler()).isEqualTo("glide");
        Image imagined = drawn(plain, edit.with("prior", Sampling.OWN.withSampler("autoregressive")));
        assertThat(imagined.samples()).isNotEqualTo(glide.image().samples());
    }

    @Test
    void aDecoderThatLooksIsSavedAndOpened() throws IOException {
        looking.save(temporary);
        try (UnClip again = UnClip.load(temporary, DType.FLOAT32)) {
            assertThat(again.decoding().network().config().inpaints()).isTrue();
            ImageRequest edit = edit(WholeUnClip.mask(32));
            assertThat(drawn(again, edit).samples())
                    .isEqualTo(drawn(looking, edit).samples());
        }
        assertThat(plain.decoding().network().config().inpaints()).isFalse();
        Tensor shown = Decoder.shown(Tensor.ones(1, 3, 2, 2), Tensor.zeros(1, 1, 2, 2));
        assertThat(shown.shape()).containsExactly(1, 4, 2, 2);
    }

    @Test
    void whatCannotBeEditedIsSaid() {
        assertThatThrownBy(() -> WORDS.from(picture, 1).mask(WholeUnClip.mask(16)))
                .hasMessage("expected a mask of the picture's size, 32x32, got one of 16x16");
        assertThatThrownBy(() -> drawn(plain, WORDS.from(picture, 0.5).mask(WholeUnClip.mask(32))))
                .hasMessage("expected a strength of 1 beside a mask, as what is not masked is kept whole, got 0.5");
        Image wide = WholeUnClip.picture(24, 20);
        assertThatThrownBy(() -> drawn(plain, WORDS.from(wide, 1).mask(wide)))
                .hasMessage("expected a square picture to edit, as this model draws squares, got 24x20; crop it and"
                        + " its mask before");
    }
}
