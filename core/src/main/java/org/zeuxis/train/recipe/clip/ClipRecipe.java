package org.zeuxis.train.recipe.clip;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.zeuxis.config.Config;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Examples;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.hub.Models;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.NfNetTower;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.train.Objective;
import org.zeuxis.train.Recomputed;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/**
 * Trains a CLIP and, before it, a vocabulary of its captions; its model part is a transformers {@code CLIPModel}
 * configuration, whose {@code vocab_size} is the most the vocabulary may have, and whose {@code vision_config} may be that of
 * a ResNet or an NFNet, as open_clip's {@code vision_cfg} has it. With {@code from}, the folder of a CLIP or {@code pictograms} for the one that ships, it
 * trains that one further; with {@code text_from} a vision tower begins anew beside that one's text tower, which stays as it is.
 */
public final class ClipRecipe implements Recipe {
    private static final int CAPTIONS = 40_000;

    private static final String TEXT_FROM = "text_from";
    /** Of its tower and its projection. */
    private static final String TEXT = "text_";

    /**
     * What CLIP has in its {@code training} beside what all have.
     *
     * @param chunk samples of a batch whose activations are in memory at once: {@code "batch": 1024, "chunk": 128} takes the
     *     steps of 1024 pairs in the memory of 128, for one more forward pass; without it the whole batch
     * @param mask patches that a vision transformer does not look at: {@code "patch_mask": 0.5}
     * @param recompute whether layers keep their input alone and are computed again in the backward pass
     */
    private record Thrift(int chunk, PatchMask mask, boolean recompute) {
        static Thrift from(Config c, int batch) {
            int chunk = c.integer("chunk", batch);
            if (chunk < 1 || chunk > batch) {
                throw new IllegalArgumentException(
                        "expected a chunk of 1 up to the batch's " + batch + " samples, got " + chunk);
            }
            return new Thrift(chunk, new PatchMask(c.number("patch_mask", 0)), c.flag("recompute", false));
        }

        void expectFor(ImageTower.Config vision) {
            if (mask.share() == 0 || vision instanceof ClipVisionModel.Config) return;
            throw new IllegalArgumentException(
                    "expected no patch_mask for " + (vision instanceof NfNetTower.Config ? "an NFNet" : "a ResNet")
                            + ", which has no patches, got " + mask.share());
        }
    }

    /** The model to train, once the examples are there. */
    @FunctionalInterface
    private interface Beginning {
        ClipFolder model(Examples examples, Path run) throws IOException;
    }

    @Override
    public String kind() {
        return "clip";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        TrainingConfig training = keys.training();
        Thrift thrift = Thrift.from(keys.trainingKeys(), training.batch());
        Beginning beginning = beginning(keys, thrift);
        return (run, encoded) -> {
            Examples examples = keys.data().pairs();
            ClipFolder model = beginning.model(examples, run);
            expectFit(model.clip().config().vision(), keys.data(), thrift);
            Map<String, Tensor> learned = model.clip().parameters();
            if (keys.file().has(TEXT_FROM)) learned.keySet().removeIf(key -> key.startsWith(TEXT));
            return new ModelInTraining(objective(model, learned, examples, training, thrift), examples, model::save);
        };
    }

    private static Beginning beginning(RecipeKeys keys, Thrift thrift) {
        Config file = keys.file();
        if (file.has(TEXT_FROM)) keys.refuseBeside(TEXT_FROM, "from", "whose text tower goes on, too");
        if (file.has("from")) return further(keys);
        return file.has(TEXT_FROM) ? seeingAnew(keys, thrift) : anew(keys, thrift);
    }

    private static Beginning further(RecipeKeys keys) {
        keys.refuseBeside("from", "model", "whose own goes on");
        String from = keys.file().text("from");
        return (examples, run) -> Models.standard().open(from, ClipFolder.class, DType.FLOAT32);
    }

    private static Beginning anew(RecipeKeys keys, Thrift thrift) {
        Clip.Config model = Clip.Config.from(keys.model());
        expectFit(model.vision(), keys.data(), thrift);
        return (examples, run) -> begun(model, examples, keys.training().seed(), run.resolve("tokenizer"));
    }

    private static Beginning seeingAnew(RecipeKeys keys, Thrift thrift) {
        String from = keys.file().text(TEXT_FROM);
        Config model = keys.model();
        ImageTower.Config vision = ImageTower.Config.from(model.child("vision_config"));
        model.refuseUnread();
        expectFit(vision, keys.data(), thrift);
        return (examples, run) -> {
            try (ClipFolder earlier = Models.standard().open(from, ClipFolder.class, DType.FLOAT32)) {
                Clip.Config old = earlier.clip().config();
                Clip.Config config = new Clip.Config(old.text(), vision, old.width());
                Clip clip = Initialization.seeded(Seed.of(keys.training().seed()), () -> new Clip(config));
                Map<String, Tensor> learned = earlier.clip().parameters();
                clip.parameters().forEach((key, weight) -> {
                    if (key.startsWith(TEXT)) InPlace.assign(weight, Objects.requireNonNull(learned.get(key)));
                });
                return new ClipFolder(clip, earlier.tokenizer());
            }
        };
    }

    private static void expectFit(ImageTower.Config vision, TrainingData data, Thrift thrift) {
        thrift.expectFor(vision);
        data.expectSize(vision.imageSize(), "the vision tower's");
    }

    private static Objective objective(
            ClipFolder model, Map<String, Tensor> learned, Examples examples, TrainingConfig training, Thrift thrift) {
        Batches batches = new Batches(examples, training.batch());
        Objective contrast =
                new ClipObjective(model.clip(), learned, model.tokenizer(), batches, thrift.chunk, thrift.mask);
        return thrift.recompute ? new Recomputed(contrast) : contrast;
    }

    private static ClipFolder begun(Clip.Config model, Examples examples, long seed, Path vocabulary)
            throws IOException {
        ClipTextModel.Config asked = model.text();
        ClipTokenizer tokenizer = tokenizer(examples, asked, vocabulary);
        ClipTextModel.Config text = new ClipTextModel.Config(
                tokenizer.vocabularySize(),
                asked.context(),
                asked.width(),
                asked.layers(),
                asked.heads(),
                asked.innerWidth(),
                asked.activation(),
                tokenizer.endId());
        Clip.Config config = new Clip.Config(text, model.vision(), model.width());
        Clip clip = Initialization.seeded(Seed.of(seed), () -> new Clip(config));
        return new ClipFolder(clip, tokenizer);
    }

    private static ClipTokenizer tokenizer(Examples examples, ClipTextModel.Config asked, Path folder)
            throws IOException {
        if (Files.exists(folder.resolve("tokenizer_config.json"))) return ClipTokenizer.read(folder);
        List<String> corpus = new ArrayList<>();
        try (ReadAhead<Batch> batches = new ReadAhead<>(new Batches(examples, 500)::at)) {
            for (int i = 0; corpus.size() < CAPTIONS; i++)
                corpus.addAll(batches.at(i).captions());
        }
        BytePairEncoding encoding = BytePairEncoding.train(corpus, asked.vocabulary());
        ClipTokenizer tokenizer = new ClipTokenizer(encoding, asked.context(), BytePairEncoding.END);
        tokenizer.write(folder);
        return tokenizer;
    }
}
