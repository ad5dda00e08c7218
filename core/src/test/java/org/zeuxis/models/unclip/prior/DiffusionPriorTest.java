package org.zeuxis.models.unclip.prior;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.models.clip.ProjectedTextModel;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.ClipTokenizer;

/** A folder as the world publishes it, opened and sampled, against {@code UnCLIPPipeline} up to its decoder. */
class DiffusionPriorTest {
    private static final double TOLERANCE = 1e-4;
    private static final List<String> PROMPTS = List.of("a red bird on a small tree", "grapes");
    private static final String FOLDER = "tiny-unclip-prior";

    private final Golden golden = Golden.open("unclip-prior.safetensors");
    private final Gradients off = Gradients.off();

    @TempDir
    private Path temporary;

    @AfterEach
    void close() {
        off.close();
        golden.close();
    }

    private static ModelFolder folder() throws IOException {
        return ModelFolder.open(Golden.path(FOLDER));
    }

    private static CaptionEncoder encoder() throws IOException {
        return new CaptionEncoder(
                ClipTokenizer.read(folder().file("tokenizer")),
                ProjectedTextModel.load(folder().component("text_encoder")));
    }

    private static DiffusionPrior prior() throws IOException {
        return (DiffusionPrior) Prior.load(folder());
    }

    /** Both prompts, then an empty one for each. */
    private static EncodedText encoded() throws IOException {
        return encoder().encode(List.of(PROMPTS.get(0), PROMPTS.get(1), "", ""));
    }

    @Test
    void aFolderMaySayItsOwnGuidanceAndOtherwiseMeansKarlos() throws IOException {
        assertThat(prior().own().guidance()).hasValue(4);
        Path own = FolderCopy.of(Golden.path(FOLDER), temporary.resolve("own"));
        FolderCopy.set(own.resolve("prior/config.json"), "_guidance", "1.5");
        Prior guided = Prior.load(ModelFolder.open(own));
        assertThat(guided.own().guidance()).hasValue(1.5);
        guided.save(temporary.resolve("saved"));
        assertThat(temporary.resolve("saved/prior/config.json")).content().contains("\"_guidance\": 1.5");
    }

    @Test
    void captionsAreReadAsByTheTextModelWithItsProjection() throws IOException {
        EncodedText text = encoded().rows(0, 2);
        golden.check("mid.text_embeds", text.embedding(), TOLERANCE);
        Tensor states = golden.tensor("mid.states").slice(1, 0, text.tokens());
        assertThat(states.maxDifference(text.states())).isLessThan(TOLERANCE);
        assertThat(text.mask().to(DType.INT64).sum().item())
                .isEqualTo(golden.tensor("mid.mask").sum().item());
    }

    @Test
    void oneStepIsThatOfThePriorTransformerHoweverMuchPaddingThereIs() throws IOException {
        EncodedText trimmed = encoded().rows(0, 2);
        EncodedText whole = new EncodedText(
                golden.tensor("mid.text_embeds"),
                golden.tensor("mid.states"),
                golden.tensor("mid.mask").to(DType.BOOL));
        Tensor xt = golden.tensor("in.xt");
        Tensor t = golden.tensor("in.t").to(DType.FLOAT32);
        PriorTransformer network = prior().network();
        for (EncodedText caption : List.of(trimmed, whole)) {
            golden.check("out.predicted", network.forward(xt, t, caption), TOLERANCE);
            try (PriorTransformer.Reading read = network.read(caption)) {
                golden.check("out.predicted", read.forward(xt, t), TOLERANCE);
                read.forward(xt.times(2), t);
                golden.check("out.predicted", read.forward(xt, t), TOLERANCE);
            }
        }
    }

    @Test
    void theWholeLoopStepByStepIsThatOfThePipeline() throws IOException {
        EncodedText encoded = encoded();
        int steps = golden.config().get("steps").asInt();
        for (String name : List.of("plain", "guided")) {
            double guidance =
                    name.equals("plain") ? 1 : golden.config().get("guidance").asDouble();
            DiffusionPrior prior =
                    prior().withSteps(steps).withGuidance(guidance).withCandidates(1);
            List<Tensor> x0 = new ArrayList<>();
            Progress each = (step, of, seen) -> x0.add(seen.copy().outliving());
            Seed seed = Seed.of(golden.config().get("noise").asLong());
            Tensor found = prior.imageEmbeddings(encoded.rows(0, 2), encoded.rows(2, 4), seed, each);
            golden.check("mid." + name + ".x0", Tensor.stack(0, x0), TOLERANCE);
            golden.check("out." + name + ".image_embeddings", found, TOLERANCE);
        }
    }

    @Test
    void ofTwoCandidatesTheOneNearerToTheCaptionStays() throws IOException {
        EncodedText encoded = encoded();
        EncodedText text = encoded.rows(0, 2);
        DiffusionPrior one = prior().withSteps(4).withGuidance(1).withCandidates(1);
        Tensor both = one.imageEmbeddings(text.repeated(2), text, Seed.of(5), Progress.NONE);
        Tensor chosen = one.withCandidates(2).imageEmbeddings(text, text, Seed.of(5), Progress.NONE);
        for (int i = 0; i < 2; i++) {
            Tensor first = both.slice(0, i, i + 1);
            Tensor second = both.slice(0, 2 + i, 3 + i);
            Tensor caption = text.embedding().slice(0, i, i + 1);
            boolean firstIsNearer = cosine(first, caption) > cosine(second, caption);
            Tensor expected = firstIsNearer ? first : second;
            assertThat(chosen.slice(0, i, i + 1).maxDifference(expected)).isLessThan(1e-5);
        }
    }

    private static double cosine(Tensor a, Tensor b) {
        return a.normalized(-1).times(b.normalized(-1)).sum().item();
    }

    @Test
    void nothingThatIsAskedChangesWhatWasTold() throws IOException {
        PriorTransformer network = prior().network();
        EncodedText text = encoded().rows(0, 2);
        Tensor t = Tensor.full(3, 2);
        Tensor xt = golden.tensor("in.xt");
        // a caption's padding is seen by nobody: other states there change nothing
        Tensor padding = text.mask().to(DType.FLOAT32).times(-1).plus(1).unsqueeze(2);
        EncodedText otherwise = new EncodedText(text.embedding(), text.states().plus(padding.times(100)), text.mask());
        assertThat(padding.sum().item()).isPositive();
        assertThat(network.forward(xt, t, otherwise).maxDifference(network.forward(xt, t, text)))
                .isZero();
    }

    @Test
    void savedItIsTheSameFolderAgain() throws IOException {
        FolderCopy.of(Golden.path(FOLDER), temporary);
        Files.delete(temporary.resolve("prior").resolve("diffusion_pytorch_model.safetensors"));
        Files.delete(temporary.resolve("prior").resolve("config.json"));
        Files.delete(temporary.resolve("prior_scheduler").resolve("scheduler_config.json"));
        prior().save(temporary);
        DiffusionPrior again = (DiffusionPrior) Prior.load(ModelFolder.open(temporary));
        assertThat(again.network().config()).isEqualTo(prior().network().config());
        Tensor t = golden.tensor("in.t").to(DType.FLOAT32);
        golden.check(
                "out.predicted",
                again.network().forward(golden.tensor("in.xt"), t, encoded().rows(0, 2)),
                TOLERANCE);
    }

    @Test
    void aNarrowerTextTowerIsReadAsIfZerosFollowed() throws IOException {
        PriorTransformer network = prior().network();
        EncodedText text = encoded().rows(0, 2);
        Tensor kept = text.states().slice(2, 0, 10);
        EncodedText narrow = new EncodedText(text.embedding(), kept, text.mask());
        EncodedText padded =
                new EncodedText(text.embedding(), Tensor.cat(2, kept, Tensor.zeros(2, text.tokens(), 6)), text.mask());
        Tensor t = Tensor.full(3, 2);
        Tensor xt = golden.tensor("in.xt");
        assertThat(network.forward(xt, t, narrow).maxDifference(network.forward(xt, t, padded)))
                .isZero();
    }

    @Test
    void whatDoesNotFitIsRefusedInOneLine() throws IOException {
        PriorTransformer network = prior().network();
        EncodedText text = encoded().rows(0, 2);
        Tensor t = Tensor.full(3, 2);
        Tensor xt = golden.tensor("in.xt");
        EncodedText wide = new EncodedText(text.embedding(), Tensor.zeros(2, text.tokens(), 17), text.mask());
        assertThatThrownBy(() -> network.forward(xt, t, wide))
                .hasMessage("expected states of a text tower at most as wide as the embeddings, 16, got 17");
        EncodedText late = new EncodedText(
                text.embedding(), Tensor.zeros(2, 78, 16), Tensor.ones(2, 78).to(DType.BOOL));
        assertThatThrownBy(() -> network.forward(xt, t, late))
                .hasMessage("expected captions of at most 77 tokens, got 78; cut them first");
        assertThatThrownBy(() -> prior().withCandidates(0)).hasMessage("expected at least 1 candidate, got 0");
        assertThatThrownBy(() -> new TextEmbeddingPrior(16, 0)).hasMessage("expected a length above 0, got 0.0");
        assertThatThrownBy(() -> new PriorTransformer.Config(16, 77, 0, 4, 2))
                .hasMessage("expected a width, tokens, heads and layers of at least 1, got 16, 77, 0, 2");
        assertThatThrownBy(() -> new PriorTransformer.Config(16, 77, 3, 5, 2))
                .hasMessage("expected heads that are an even number wide together, got 3 of 5");
    }

    @Test
    void aFolderThatAsksForSomethingElseIsRefusedByName() throws IOException {
        FolderCopy.of(Golden.path(FOLDER), temporary);
        Path config = temporary.resolve("prior").resolve("config.json");
        Path scheduler = temporary.resolve("prior_scheduler").resolve("scheduler_config.json");
        Path index = temporary.resolve("model_index.json");
        refuses(config, "norm_in_type", "\"layer\"", "null", "expected norm_in_type to be null");
        refuses(config, "added_emb_type", "null", "\"prd\"", "expected added_emb_type to be prd, got null");
        refuses(config, "clip_embed_dim", "17", "null", "expected clip_embed_dim to be null or 16, got 17");
        refuses(scheduler, "prediction_type", "\"epsilon\"", "\"sample\"", "expected prediction_type sample");
        refuses(scheduler, "prediction_type", "\"v_prediction\"", "\"sample\"", "expected prediction_type to be");
        refuses(scheduler, "beta_schedule", "\"linear\"", "\"squaredcos_cap_v2\"", "expected beta_schedule to be");
        refuses(scheduler, "variance_type", "\"learned_range\"", "\"fixed_small_log\"", "tells no variance");
        refuses(scheduler, "variance_type", "\"fixed_large\"", "\"fixed_small_log\"", "expected variance_type to be");
        refuses(
                index,
                "prior",
                "[\"diffusers\", \"KandinskyPrior\"]",
                "[\"diffusers\", \"PriorTransformer\"]",
                "expected a prior of class PriorTransformer");
        refuses(index, "prior", "[null, null]", "[\"diffusers\", \"PriorTransformer\"]", "expected a prior among the");
        // what old files leave out
        FolderCopy.set(scheduler, "beta_schedule", "");
        Prior.load(ModelFolder.open(temporary)).close();
    }

    private void refuses(Path file, String key, String wrong, String right, String message) throws IOException {
        FolderCopy.set(file, key, wrong);
        assertThatThrownBy(() -> Prior.load(ModelFolder.open(temporary))).hasMessageContaining(message);
        FolderCopy.set(file, key, right);
    }
}
