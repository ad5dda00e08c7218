package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Image;
import org.zeuxis.models.Events;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

/**
 * Each stage from what the reference gave it, then the whole. Weights keep the scale of what they read; the float32 of the
 * reference itself is 7e-6 from its float64 in the picture (as the golden file says), so that 1e-4 is no rounding.
 *
 * @see <a href="../../../../../../../../tools/golden/unclip_pipeline.py">unclip_pipeline.py</a>
 */
class UnClipParityTest {
    private static final double TOLERANCE = 1e-4;
    private static final double OF_A_BLOCK = 1e-5;
    private static final String WORDS = "pipeline-karlo.safetensors";
    private static final String PICTURE = "pipeline-karlo-variations.safetensors";
    private static final Sampling DECODER = new Sampling(4, 8, "");
    private static final Sampling UPSAMPLER = new Sampling(3, 1, "");
    private static final ImageRequest REQUEST = ImageRequest.of("a red bird on a small tree")
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

    /** Keeps the data that each step of a sampler aims at. */
    private static Progress keeping(List<float[]> x0) {
        return (step, steps, aimed) -> x0.add(aimed.toFloats());
    }

    /** @param shape of one step */
    private static Tensor stacked(List<float[]> steps, long... shape) {
        return Tensor.stack(0, steps.stream().map(x0 -> Tensor.of(x0, shape)).toList());
    }

    /** As diffusers gives it, [1, height, columns, 3] of 0 to 1. */
    private static Tensor published(Tensor x) {
        return x.times(0.5).plus(0.5).clamp(0, 1).permute(0, 2, 3, 1).contiguous();
    }

    @Test
    void itsOwnRoundingIsFarBelowTheTolerance() {
        for (String name : List.of(WORDS, PICTURE)) {
            try (Golden golden = Golden.open(name)) {
                assertThat(Double.parseDouble(golden.metadata().get("float32_from_float64")))
                        .isBetween(1e-9, TOLERANCE / 5);
            }
        }
    }

    @Test
    void thePriorTakesThePublishedSteps() throws IOException {
        try (UnClip model = opened(Golden.path("tiny-karlo"));
                Golden golden = Golden.open(WORDS);
                Gradients off = Gradients.off()) {
            EncodedText both = model.captions().encode(List.of(REQUEST.prompt(), ""));
            golden.check("mid.text_embedding", both.rows(0, 1).embedding(), OF_A_BLOCK);
            List<float[]> x0 = new ArrayList<>();
            DiffusionPrior prior =
                    ((DiffusionPrior) model.priors().get(0)).withSteps(4).withGuidance(4);
            Tensor image = prior.imageEmbeddings(both.rows(0, 1), both.rows(1, 2), Seed.of(7), keeping(x0));
            golden.check("mid.prior.x0", stacked(x0, 1, 12), TOLERANCE);
            golden.check("mid.image_embedding", image, TOLERANCE);
        }
    }

    @Test
    void theDecoderIsToldWhatIsPublished() throws IOException {
        for (String name : List.of(WORDS, PICTURE)) {
            try (UnClip model = opened(Golden.path("tiny-karlo"));
                    Golden golden = Golden.open(name);
                    Gradients off = Gradients.off()) {
                Conditioning told = told(model, golden, name.equals(WORDS) ? REQUEST.prompt() : "");
                // the reference's are padded with tokens that nothing may read
                Tensor tokens =
                        golden.tensor("mid.tokens").slice(1, 0, told.tokens().size(1));
                assertThat(told.tokens().maxDifference(tokens)).isLessThan(OF_A_BLOCK);
                golden.check("mid.time", told.time(), OF_A_BLOCK);
            }
        }
    }

    private static Conditioning told(UnClip model, Golden golden, String prompt) {
        EncodedText both = model.captions().encode(List.of("", prompt));
        ClipProjection projection = model.decoding().projection();
        Tensor image = golden.tensor("mid.image_embedding");
        return projection.forward(Tensor.cat(0, projection.noImage(1), image), both);
    }

    /** Call by call, from the noised pictures that the reference's networks saw. */
    @Test
    void bothNetworksAnswerAsPublished() throws IOException {
        try (UnClip model = opened(Golden.path("tiny-karlo"));
                Golden golden = Golden.open(WORDS);
                Gradients off = Gradients.off()) {
            Conditioning told = told(model, golden, REQUEST.prompt());
            List<Tensor> said = new ArrayList<>();
            float[] times = {999, 666, 333, 0};
            Tensor in = golden.tensor("mid.decoder.in");
            for (int i = 0; i < times.length; i++) {
                Tensor t = Tensor.full(times[i], 2);
                said.add(model.decoding().network().forward(call(in, i), t, told));
            }
            golden.check("mid.decoder.out", Tensor.stack(0, said), OF_A_BLOCK);

            said.clear();
            Upsampling upsampling = model.upsamplings().get(0);
            Tensor both = golden.tensor("mid.super_res.in");
            float[] late = {999, 500, 0};
            for (int i = 0; i < late.length; i++) {
                Upsampler network = i < 2 ? upsampling.network() : upsampling.last();
                List<Tensor> halves = call(both, i).chunk(2, 1);
                said.add(network.forward(halves.get(0), Tensor.full(late[i], 1), halves.get(1)));
            }
            golden.check("mid.super_res.out", Tensor.stack(0, said), OF_A_BLOCK);
        }
    }

    private static Tensor call(Tensor calls, int i) {
        return calls.slice(0, i, i + 1).squeeze(0);
    }

    @Test
    void decoderAndUpsamplerTakeThePublishedSteps() throws IOException {
        try (UnClip model = opened(Golden.path("tiny-karlo"));
                Golden golden = Golden.open(WORDS);
                Gradients off = Gradients.off()) {
            EncodedText both = model.captions().encode(List.of(REQUEST.prompt(), ""));
            Seed seed = Seed.of(7);
            ImageRequest full = new Filling(model, REQUEST).filled(true);
            model.imagined(both.rows(0, 1), both.rows(1, 2), full, seed, Events.NONE); // its noise comes first
            List<float[]> x0 = new ArrayList<>();
            Tensor image = golden.tensor("mid.image_embedding");
            Tensor xT = model.decoding().noise(1, seed);
            model.decoding().decode(image, both.rows(0, 1), both.rows(1, 2), DECODER, xT, seed, keeping(x0));
            golden.check("mid.decoder.x0", stacked(x0, 1, 3, 8, 8), TOLERANCE);

            x0.clear();
            Tensor small = golden.tensor("mid.small");
            Tensor beside = call(golden.tensor("mid.super_res.in"), 0).slice(1, 3, 6);
            assertThat(small.resizeBicubic(32, 32).maxDifference(beside)).isLessThan(1e-6);
            model.upsamplings().get(0).enlarge(small, UPSAMPLER, seed, keeping(x0));
            golden.check("mid.super_res.x0", stacked(x0, 1, 3, 32, 32), TOLERANCE);
        }
    }

    private static void drawsAsPublished(UnClip model) {
        try (Golden golden = Golden.open(WORDS);
                Gradients off = Gradients.off()) {
            EncodedText both = model.captions().encode(List.of(REQUEST.prompt(), ""));
            golden.check("mid.text_embedding", both.rows(0, 1).embedding(), OF_A_BLOCK);
            ImageRequest full = new Filling(model, REQUEST).filled(true);
            Seed seed = Seed.of(7);
            Tensor image = model.imagined(both.rows(0, 1), both.rows(1, 2), full, seed, Events.NONE);
            golden.check("mid.image_embedding", image, TOLERANCE);
            Tensor x = model.drawn(image, both.rows(0, 1), both.rows(1, 2), full, seed, Events.NONE);
            golden.check("out.picture", published(x), TOLERANCE);
        }
    }

    @Test
    void aPublishedFolderDrawsWhatDiffusersDraws() throws IOException {
        try (UnClip model = opened(Golden.path("tiny-karlo"))) {
            drawsAsPublished(model);
            model.save(temporary.resolve("saved"));
        }
        try (UnClip saved = opened(temporary.resolve("saved"))) {
            drawsAsPublished(saved);
        }
    }

    @Test
    void aPublishedFolderVariesPicturesAsDiffusersDoes() throws IOException {
        try (UnClip model = opened(Golden.path("tiny-karlo-variations"))) {
            variesAsPublished(model);
            model.save(temporary.resolve("saved"));
        }
        try (UnClip saved = opened(temporary.resolve("saved"))) {
            variesAsPublished(saved);
        }
    }

    private static void variesAsPublished(UnClip model) {
        try (Golden golden = Golden.open(PICTURE);
                Gradients off = Gradients.off()) {
            Tensor image = model.embedding(picture());
            golden.check("mid.image_embedding", image, TOLERANCE);
            ImageRequest asked = ImageRequest.of("")
                    .withSeed(11)
                    .from(picture(), 1)
                    .with(DECODER)
                    .with("upsampler32", UPSAMPLER);
            ImageRequest request = new Filling(model, asked).filled(false);
            EncodedText none = model.captions().encode(List.of(""));
            Tensor x = model.drawn(image, none, none, request, Seed.of(11), Events.NONE);
            golden.check("out.picture", published(x), TOLERANCE);
        }
    }

    private static Image picture() {
        try (Golden golden = Golden.open(PICTURE)) {
            long[] values = golden.tensor("in.picture").toLongs();
            byte[] samples = new byte[values.length];
            for (int i = 0; i < values.length; i++) samples[i] = (byte) values[i];
            return new Image(24, 20, 3, samples);
        }
    }
}
