package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.data.Batches;
import org.zeuxis.data.Examples;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.train.Objective;

/**
 * Trains a CLIP and, before it, a vocabulary of its captions; its model part is a transformers {@code CLIPModel}
 * configuration, whose {@code vocab_size} is the most the vocabulary may have.
 */
final class ClipRecipe implements Recipe {
    private static final int CAPTIONS = 40_000;

    private final ClipFolder model;
    private final Objective objective;

    ClipRecipe(Config c, Lessons lessons, Schooling schooling, Path run) throws IOException {
        ClipTextModel.Config asked = ClipTextModel.Config.from(c.child("text_config"));
        ClipVisionModel.Config vision = ClipVisionModel.Config.from(c.child("vision_config"));
        if (vision.imageSize() != lessons.size()) {
            throw new IllegalArgumentException("expected data of the vision tower's " + vision.imageSize()
                    + " pixels, got a size of " + lessons.size());
        }
        Examples examples = lessons.examples();
        ClipTokenizer tokenizer = tokenizer(examples, asked, run.resolve("tokenizer"));
        ClipTextModel.Config text = new ClipTextModel.Config(
                tokenizer.vocabularySize(),
                asked.context(),
                asked.width(),
                asked.layers(),
                asked.heads(),
                asked.innerWidth(),
                asked.activation(),
                tokenizer.endId());
        Clip.Config config = new Clip.Config(text, vision, c.integer("projection_dim", 512));
        Clip clip = Initialization.seeded(Seed.of(schooling.seed()), () -> new Clip(config));
        model = new ClipFolder(clip, tokenizer);
        objective = new ClipObjective(clip, tokenizer, new Batches(examples, schooling.batch()));
    }

    private static ClipTokenizer tokenizer(Examples examples, ClipTextModel.Config asked, Path folder)
            throws IOException {
        if (Files.exists(folder.resolve("tokenizer_config.json"))) return ClipTokenizer.read(folder);
        List<String> corpus = new ArrayList<>();
        for (int i = 0; i < CAPTIONS; i++) corpus.add(examples.at(i).caption());
        BytePairEncoding encoding = BytePairEncoding.train(corpus, asked.vocabulary());
        ClipTokenizer tokenizer = new ClipTokenizer(encoding, asked.context(), BytePairEncoding.END);
        tokenizer.write(folder);
        return tokenizer;
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
