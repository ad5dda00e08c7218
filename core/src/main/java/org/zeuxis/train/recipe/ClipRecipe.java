package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.data.Batch;
import org.zeuxis.data.Batches;
import org.zeuxis.data.Examples;
import org.zeuxis.data.Problem;
import org.zeuxis.data.ReadAhead;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ModifiedResNet;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.train.Objective;
import org.zeuxis.train.Recomputed;

/**
 * Trains a CLIP and, before it, a vocabulary of its captions; its model part is a transformers {@code CLIPModel}
 * configuration, whose {@code vocab_size} is the most the vocabulary may have, and whose {@code vision_config} may be that of
 * a ResNet, as open_clip's {@code vision_cfg} has it. With {@code from}, the folder of a CLIP or {@code pictograms} for the one that ships, it
 * trains that one further.
 */
final class ClipRecipe implements Recipe {
    private static final int CAPTIONS = 40_000;

    private final ClipFolder model;
    private final Examples examples;
    private final Objective objective;

    ClipRecipe(Config c, TrainingData data, TrainingConfig training, Path run) throws IOException {
        examples = data.pairs();
        model = c.has("from")
                ? FirstWeights.shipped(c.text("from"))
                        ? ClipFolder.pictograms()
                        : ClipFolder.load(Path.of(c.text("from")))
                : begun(c.child("model"), examples, training, run.resolve("tokenizer"));
        Clip clip = model.clip();
        if (clip.vision() instanceof ModifiedResNet && training.mask().share() > 0) {
            throw new IllegalArgumentException("expected no patch_mask for a ResNet, which has no patches, got "
                    + training.mask().share());
        }
        if (clip.config().vision().imageSize() != data.size()) {
            throw new IllegalArgumentException("expected data of the vision tower's "
                    + clip.config().vision().imageSize() + " pixels, got a size of " + data.size());
        }
        Batches batches = new Batches(examples, training.batch());
        Objective contrast = new ClipObjective(clip, model.tokenizer(), batches, training.chunk(), training.mask());
        objective = training.recompute() ? new Recomputed(contrast) : contrast;
    }

    private static ClipFolder begun(Config c, Examples examples, TrainingConfig training, Path vocabulary)
            throws IOException {
        Clip.Config model = Clip.Config.from(c);
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
        Clip clip = Initialization.seeded(Seed.of(training.seed()), () -> new Clip(config));
        FirstWeights.silence(clip.parameters(), key -> key.startsWith("visual.layer") && key.endsWith("bn3.weight"));
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

    @Override
    public List<Problem> problems() {
        return examples.problems();
    }

    @Override
    public Objective objective() {
        return objective;
    }

    @Override
    public void export(Path folder) throws IOException {
        model.save(folder);
    }

    @Override
    public Optional<Image> samples() {
        return Optional.empty();
    }
}
