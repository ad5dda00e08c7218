package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Provenance;
import org.zeuxis.models.RequestJson;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.unclip.prior.PrincipalComponents;
import org.zeuxis.tensor.Tensor;

/** Section 3 of the paper: what can be made of image embeddings. */
class ManipulationTest {
    private static final ImageRequest REQUEST =
            ImageRequest.of("").withSeed(2).with(new Sampling(4, 8, "")).withSize(8, 8);

    private final Image picture = WholeUnClip.picture(24, 20);
    private UnClip model;

    @BeforeEach
    void open() throws IOException {
        model = WholeUnClip.model();
    }

    @AfterEach
    void close() {
        model.close();
    }

    private byte[] drawn(ImageRequest request) {
        return model.generate(request).get(0).image().samples();
    }

    private byte[] drawn(Manipulation manipulation) {
        return model.generate(manipulation, REQUEST, Events.NONE).get(0).image().samples();
    }

    @Test
    void aBlendEndsAtBothPictures() {
        Image other = new Image(16, 16, 3, new byte[16 * 16 * 3]);
        byte[] first = drawn(REQUEST.from(picture, 1));
        byte[] last = drawn(REQUEST.from(other, 1));
        assertThat(drawn(new Blend(picture, other, 0))).isEqualTo(first);
        assertThat(drawn(new Blend(picture, other, 1))).isEqualTo(last);
        assertThat(drawn(new Blend(picture, other, 0.5))).isNotEqualTo(first).isNotEqualTo(last);
        assertThatThrownBy(() -> new Blend(picture, other, 1.5)).hasMessage("expected a theta of 0 to 1, got 1.5");
    }

    @Test
    void aTextDiffOfNothingLeavesThePictureAsItIs() {
        byte[] same = drawn(REQUEST.from(picture, 1));
        assertThat(drawn(new TextDiff(picture, "a bird", "a cat", 0))).isEqualTo(same);
        assertThat(drawn(new TextDiff(picture, "a bird", "a cat", 0.4))).isNotEqualTo(same);
        assertThatThrownBy(() -> new TextDiff(picture, "a cat ", "a cat", 0.4))
                .hasMessage("expected words to move towards that differ from those of the picture, got 'a cat' for"
                        + " both");
    }

    /** Figure 7: each further component brings the embedding nearer; all that there are give what lies in their span. */
    @Test
    void theMoreComponentsTheNearerIsTheEmbedding() {
        Tensor whole = model.embedding(picture);
        PrincipalComponents all = WholeUnClip.autoregressive().codes().components();
        double before = Double.MAX_VALUE;
        for (int k = 1; k <= WholeUnClip.COMPONENTS; k++) {
            Tensor few = new Reconstruction(picture, k).embedding(model);
            double distance = few.minus(whole).square().sum().item();
            assertThat(distance).isLessThanOrEqualTo(before);
            before = distance;
        }
        Tensor spanned = all.reconstruct(all.project(whole));
        assertThat(new Reconstruction(picture, WholeUnClip.COMPONENTS)
                        .embedding(model)
                        .maxDifference(spanned))
                .isLessThan(1e-6);
        assertThat(drawn(new Reconstruction(picture, 1))).isNotEqualTo(drawn(new Reconstruction(picture, 5)));
    }

    /** Figure 5 begins with the noise that DDIM inversion gives for the picture, and moves its embedding alone. */
    @Test
    void aTextDiffMayKeepThePicturesNoise() {
        ImageRequest kept = ImageRequest.of("").withSize(8, 8).withSteps(5).from(picture, 0);
        byte[] same = drawn(kept);
        assertThat(model.generate(new TextDiff(picture, "a bird", "a cat", 0), kept, Events.NONE)
                        .get(0)
                        .image()
                        .samples())
                .isEqualTo(same);
        assertThat(model.generate(new TextDiff(picture, "a bird", "a cat", 0.3), kept, Events.NONE)
                        .get(0)
                        .image()
                        .samples())
                .isNotEqualTo(same);
    }

    @Test
    void whatCannotBeReconstructedIsSaid() {
        for (int k : List.of(0, 6)) {
            assertThatThrownBy(() -> drawn(new Reconstruction(picture, k)))
                    .hasMessage("expected 1 to 5 components, got " + k);
        }
        UnClip without = model.withPriors(model.priors().subList(0, 1));
        assertThatThrownBy(() -> without.generate(new Reconstruction(picture, 2), REQUEST, Events.NONE))
                .hasMessage("expected a model with an autoregressive prior, which holds the principal components, got"
                        + " one without; choose another model");
        Image square = WholeUnClip.picture(8, 8);
        ImageRequest masked = REQUEST.from(square, 1).mask(WholeUnClip.mask(8));
        assertThatThrownBy(() -> model.generate(new Blend(square, square, 0.5), masked, Events.NONE))
                .hasMessage("expected no mask where embeddings are manipulated, which are of whole pictures, got one;"
                        + " leave it out");
        assertThatThrownBy(() -> drawn(REQUEST.from(picture, 1).with("prior", new Sampling(4, 1, ""))))
                .hasMessage("expected no sampling of the prior where a picture gives the embedding, got some; leave it"
                        + " out");
    }

    @Test
    void aPictureSaysWhatItWasMadeOf() throws IOException {
        Provenance made = provenance(new TextDiff(picture, "a bird", "a cat", 0.25));
        assertThat(made.by()).isEqualTo("text diff");
        assertThat(made.of())
                .containsEntry("picture", Provenance.hash(picture))
                .containsEntry("from", "a bird")
                .containsEntry("to", "a cat")
                .containsEntry("theta", "0.25");
        Image other = WholeUnClip.picture(9, 9);
        assertThat(provenance(new Blend(picture, other, 0.5)).of())
                .containsEntry("from", Provenance.hash(picture))
                .containsEntry("to", Provenance.hash(other));
        assertThat(provenance(new Reconstruction(picture, 3)).of()).containsEntry("components", "3");
    }

    private Provenance provenance(Manipulation manipulation) throws IOException {
        GeneratedImage drawn =
                model.generate(manipulation, REQUEST, Events.NONE).get(0);
        String json = drawn.text().entries().get(PngText.REQUEST);
        RequestJson read = RequestJson.parse("the picture", Objects.requireNonNull(json));
        assertThat(read.request()).isEqualTo(drawn.request());
        return Objects.requireNonNull(read.provenance());
    }

    @Test
    void anyPictureIsEnlarged() throws IOException {
        List<String> stages = new ArrayList<>();
        ImageRequest request = ImageRequest.of("").withSeed(3).with("upsampler32", new Sampling(2, 1, ""));
        GeneratedImage large =
                model.upscale(WholeUnClip.picture(10, 7), 32, request, event -> stages.add(event.stage()));
        ImageRequest main = ImageRequest.of("").withSeed(3).withSteps(2).withGuidance(1);
        assertThat(model.upscale(WholeUnClip.picture(10, 7), 32, main, Events.NONE)
                        .request())
                .isEqualTo(large.request());
        // of 8x6: the network halves once, four times as large
        assertThat(large.image().width()).isEqualTo(32);
        assertThat(large.image().height()).isEqualTo(24);
        assertThat(stages).containsExactly("upsampler32", "upsampler32");
        assertThat(large.request().stages()).containsOnlyKeys("upsampler32");
        assertThat(large.text().entries().get(PngText.REQUEST)).contains("\"made_by\":\"upscale\"", "\"to\":\"32\"");
        assertThat(model.upscale(WholeUnClip.picture(10, 7), 32, request, Events.NONE)
                        .image()
                        .samples())
                .isEqualTo(large.image().samples());
        assertThat(model.upscale(WholeUnClip.picture(1, 8), 32, request, Events.NONE)
                        .image()
                        .width())
                .isEqualTo(4);
    }

    @Test
    void whatCannotBeEnlargedIsSaid() {
        assertThatThrownBy(() -> model.upscale(
                        picture, 32, ImageRequest.of("").with("prior", new Sampling(4, 1, "")), Events.NONE))
                .hasMessage("expected a stage of upsampler32, got sampling for 'prior'");
        ImageRequest own = ImageRequest.of("");
        assertThatThrownBy(() -> model.upscale(picture, 100, own, Events.NONE))
                .hasMessage("expected to enlarge to 32 pixels, got 100");
        assertThatThrownBy(() -> model.upscale(WholeUnClip.picture(10, 32), 32, own, Events.NONE))
                .hasMessage("expected a picture of less than 32 pixels to enlarge to 32, got 10x32");
        assertThatThrownBy(() -> model.withUpsamplings(List.of()).upscale(picture, 100, own, Events.NONE))
                .hasMessage("expected to enlarge to what an upsampler makes, of which this model has none, got 100");
    }
}
