package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Image;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.models.unclip.prior.TextEmbeddingPrior;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** @see <a href="../../../../../../../../tools/golden/unclip_pipeline.py">unclip_pipeline.py</a> */
class UnClipTest {
    private static final Sampling DECODER = new Sampling(4, 8, "");
    private static final Sampling UPSAMPLER = new Sampling(3, 1, "");
    private static final ImageRequest WORDS = ImageRequest.of("a red bird on a small tree")
            .withSeed(7)
            .with("prior", new Sampling(OptionalInt.of(4), OptionalDouble.of(4), ""))
            .with(DECODER)
            .with("upsampler32", UPSAMPLER);

    @TempDir
    Path temporary;

    private static UnClip opened(Path folder) throws IOException {
        UnClip model = UnClip.load(folder, DType.FLOAT32);
        return model.withPriors(
                model.priors().stream().map(prior -> prior.withCandidates(1)).toList());
    }

    private static UnClip karlo() throws IOException {
        return opened(Golden.path("tiny-karlo"));
    }

    private static UnClip variations() throws IOException {
        return opened(Golden.path("tiny-karlo-variations"));
    }

    private static Image picture() {
        try (Golden golden = Golden.open("pipeline-karlo-variations.safetensors")) {
            long[] values = golden.tensor("in.picture").toLongs();
            byte[] samples = new byte[values.length];
            for (int i = 0; i < values.length; i++) samples[i] = (byte) values[i];
            return new Image(24, 20, 3, samples);
        }
    }

    @Test
    void everyStageTellsOfItsStepsAndThePictureCarriesItsRequest() throws IOException {
        try (UnClip model = karlo()) {
            List<String> told = new ArrayList<>();
            List<GeneratedImage> pictures = model.generate(WORDS.withCount(2), event -> told.add(event.stage()));
            assertThat(told.subList(0, 11))
                    .containsExactly(
                            "prior",
                            "prior",
                            "prior",
                            "prior",
                            "decoder",
                            "decoder",
                            "decoder",
                            "decoder",
                            "upsampler32",
                            "upsampler32",
                            "upsampler32");
            assertThat(told).hasSize(22);
            GeneratedImage second = pictures.get(1);
            assertThat(second.seed()).isEqualTo(8);
            assertThat(second.image().width()).isEqualTo(32);
            assertThat(second.request().sampling().steps()).hasValue(4);
            assertThat(second.request().sampling("upsampler32").sampler()).isNotEmpty();
            // drawn again from what it carries, by itself
            assertThat(model.generate(second.request(), Events.NONE)
                            .get(0)
                            .image()
                            .samples())
                    .isEqualTo(second.image().samples());
            Image small =
                    model.generate(WORDS.withSize(8, 8), Events.NONE).get(0).image();
            assertThat(small.width()).isEqualTo(8);
        }
    }

    @Test
    void theLessIsKeptTheFartherAVariationIs() throws IOException {
        try (UnClip model = variations()) {
            ImageRequest request = ImageRequest.of("").withSeed(5).withSteps(20).withSize(8, 8);
            Image nearly = model.generate(request.from(picture(), 0.01), Events.NONE)
                    .get(0)
                    .image();
            Image none = model.generate(request.from(picture(), 1).withGuidance(1), Events.NONE)
                    .get(0)
                    .image();
            assertThat(nearly.samples()).isNotEqualTo(none.samples());
            assertThat(model.generate(request.from(picture(), 0.01), Events.NONE)
                            .get(0)
                            .image()
                            .samples())
                    .isEqualTo(nearly.samples());
        }
    }

    /** Guidance 1 is the conditional decoder, whatever it would lead away from. */
    @Test
    void guidanceOfOneIgnoresTheNegativeCaption() throws IOException {
        try (UnClip model = variations();
                Gradients off = Gradients.off()) {
            EncodedText both = model.captions().encode(List.of("a bird", "a blue cube"));
            Tensor image = model.embedding(picture());
            Decoding decoding = model.decoding();
            Tensor xT = decoding.noise(1, Seed.of(3));
            Tensor[] drawn = new Tensor[4];
            for (int i = 0; i < 4; i++) {
                EncodedText none = i % 2 == 0 ? both.rows(1, 2) : both.rows(0, 1);
                Sampling sampling = DECODER.withGuidance(i < 2 ? 1 : 3);
                drawn[i] = decoding.decode(image, both.rows(0, 1), none, sampling, xT, Seed.of(3), Progress.NONE);
            }
            assertThat(drawn[0].maxDifference(drawn[1])).isZero();
            assertThat(drawn[2].maxDifference(drawn[3])).isPositive();
        }
    }

    @Test
    void whatAModelCannotDoIsSaidInOneLine() throws IOException {
        try (UnClip words = karlo();
                UnClip pictures = variations()) {
            assertThatThrownBy(() -> words.generate(WORDS.withSize(100, 100), Events.NONE))
                    .hasMessage("expected a size of [8, 32] pixels on both sides, got 100x100; nearest: 32x32");
            assertThatThrownBy(() -> words.generate(ImageRequest.of("").from(picture(), 1), Events.NONE))
                    .hasMessageStartingWith(
                            "expected a model with an image encoder to draw from a picture, got one without");
            assertThatThrownBy(() -> pictures.generate(ImageRequest.of("a cat"), Events.NONE))
                    .hasMessageStartingWith("expected a model with a prior to draw from words, got one without");
            ImageRequest kept = ImageRequest.of("").from(picture(), 0.5).withGuidance(4);
            assertThatThrownBy(() -> pictures.generate(kept, Events.NONE))
                    .hasMessageStartingWith("expected neither sampler nor guidance where a picture is kept in part");
            ImageRequest named = WORDS.with("prior", new Sampling(4, 4, "ddim"));
            assertThatThrownBy(() -> words.generate(named, Events.NONE))
                    .hasMessage("expected a prior of diffusion, none, glide, which this model has, got ddim");
            UnClip without = words.withPrior(new TextEmbeddingPrior(12, 1));
            assertThatThrownBy(() -> without.generate(WORDS, Events.NONE))
                    .hasMessageStartingWith("expected no steps, as there is no prior to take them, got 4");
            assertThatThrownBy(() -> words.withPrior(new TextEmbeddingPrior(13, 1)))
                    .hasMessage(
                            "expected a prior of embeddings as wide as the decoder's text_proj reads, 12, got 13; choose"
                                    + " parts of one model");
            ClipProjection other = new ClipProjection(new ClipProjection.Config(12, 20, 10, 4));
            assertThatThrownBy(() -> new Decoding(
                            other, words.decoding().network(), words.decoding().scheduler()))
                    .hasMessage(
                            "expected time_embed_dim of text_proj to be the decoder's timestep embedding, 16, got 20");
            Upsampling upsampling = words.upsamplings().get(0);
            assertThatThrownBy(() -> new Upsampling(upsampling.network(), null, upsampling.scheduler(), 1))
                    .hasMessage("expected to enlarge at least twice, got 1");
        }
    }

    @Test
    void aFolderThatLacksAPartOrIsOfAnotherModelIsNamed() throws IOException {
        Path copy = FolderCopy.of(Golden.path("tiny-karlo"), temporary.resolve("karlo"));
        Files.delete(copy.resolve("prior/config.json"));
        Files.delete(copy.resolve("prior/diffusion_pytorch_model.safetensors"));
        Files.delete(copy.resolve("prior"));
        assertThatThrownBy(() -> UnClip.load(copy))
                .isInstanceOf(IOException.class)
                .hasMessage(copy.resolve("prior") + ": expected a model's folder, got nothing; check the path");
        Path other = Golden.path("tiny-stable-diffusion");
        assertThatThrownBy(() -> UnClip.load(other))
                .hasMessage(other + ": expected the folder of a UnCLIPPipeline or UnCLIPImageVariationPipeline, got"
                        + " StableDiffusionPipeline");
        Path odd = FolderCopy.of(Golden.path("tiny-karlo"), temporary.resolve("odd"));
        FolderCopy.set(odd.resolve("super_res_first/config.json"), "sample_size", "30");
        assertThatThrownBy(() -> UnClip.load(odd))
                .hasMessageContaining(
                        "expected a sample_size of super_res_first in multiples of the decoder's, 8, got 30");
    }

    @Test
    void anUpsamplerAloneIsAFolderToo() throws IOException {
        try (UnClip model = karlo()) {
            Upsampling whole = model.upsamplings().get(0);
            Upsampling alone = new Upsampling(whole.network(), null, whole.scheduler(), 4);
            alone.save(temporary.resolve("alone"));
            Upsampling again = Upsampling.load(temporary.resolve("alone"), DType.FLOAT32);
            Image small = new Image(8, 8, 3, new byte[192]);
            assertThat(again.enlarged(small, Seed.of(1)).samples())
                    .isEqualTo(alone.enlarged(small, Seed.of(1)).samples());
        }
        Path none = FolderCopy.of(Golden.path("tiny-karlo"), temporary.resolve("none"));
        FolderCopy.set(none.resolve("model_index.json"), "super_res_first", "[null, null]");
        assertThatThrownBy(() -> Upsampling.load(none))
                .hasMessage(none + ": expected one of super_res_first and super_res_1024, got neither");
    }
}
