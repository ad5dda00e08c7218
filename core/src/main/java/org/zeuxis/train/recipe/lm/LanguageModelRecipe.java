package org.zeuxis.train.recipe.lm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.config.Config;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.models.lm.Llama;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.text.TextFile;
import org.zeuxis.text.language.LanguageTokenizer;
import org.zeuxis.text.language.LanguageTokenizerTraining;
import org.zeuxis.train.recipe.ModelInTraining;
import org.zeuxis.train.recipe.Preparation;
import org.zeuxis.train.recipe.Recipe;
import org.zeuxis.train.recipe.RecipeKeys;
import org.zeuxis.train.recipe.TrainingConfig;
import org.zeuxis.train.recipe.TrainingData;

/**
 * Trains a language model and, before it, a tokenizer; its model part is the configuration of a LLaMA of transformers, whose
 * {@code vocab_size} is the most the tokenizer may have, and whose {@code max_position_embeddings} is also the length of what it
 * learns from. It reads the lines of {@code texts}, captions of the data and questions about scenes.
 */
public final class LanguageModelRecipe implements Recipe {
    /** Texts that the tokenizer is learned from. */
    private static final int CORPUS = 60_000;

    @Override
    public String kind() {
        return "language-model";
    }

    @Override
    public Preparation read(RecipeKeys keys) {
        Config c = keys.file();
        List<Path> files = c.texts("texts", List.of()).stream().map(Path::of).toList();
        double share = c.number("lines", files.isEmpty() ? 0 : 0.5);
        if (files.isEmpty() && share > 0) {
            throw new IllegalArgumentException("expected texts, as a share of lines is asked for, got none");
        }
        Config model = keys.model();
        model.expect("model_type", "llama");
        Llama asked = Llama.from(model);
        return (run, encoded) -> begin(files, share, asked, keys.data(), keys.training(), run);
    }

    private static ModelInTraining begin(
            List<Path> files, double share, Llama asked, TrainingData data, TrainingConfig training, Path run)
            throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            for (String line : TextFile.lines(file)) if (!line.isBlank()) lines.add(line.strip());
        }
        TrainingTexts texts = new TrainingTexts(lines, share, data.drawings(), data.seed());
        Path folder = run.resolve("tokenizer");
        LanguageTokenizer tokenizer = tokenizer(texts, asked, folder);
        Llama family = asked.withVocabulary(tokenizer.size());
        Decoder model = Initialization.seeded(Seed.of(training.seed()), () -> new Decoder(family));
        return new ModelInTraining(
                new LanguageModelObjective(
                        model, new TokenWindows(texts, tokenizer, family.context(), training.batch())),
                data.pairs(),
                into -> export(model, family, tokenizer, folder, into));
    }

    private static LanguageTokenizer tokenizer(TrainingTexts texts, Llama asked, Path folder) throws IOException {
        if (!Files.exists(folder.resolve("tokenizer_config.json"))) {
            List<String> corpus = new ArrayList<>();
            for (int i = 0; i < CORPUS; i++) corpus.add(texts.at(-1L - i));
            LanguageTokenizerTraining.write(
                    folder, corpus, asked.vocabulary(), asked.context(), Prompt.MARK, Prompt.END);
        }
        return LanguageTokenizer.read(folder);
    }

    private static void export(Decoder model, Llama family, LanguageTokenizer tokenizer, Path learned, Path into)
            throws IOException {
        LanguageModelFolder.save(model, family, tokenizer.endId(), into);
        for (String file : List.of("tokenizer.json", "tokenizer_config.json")) {
            AtomicFile.write(into.resolve(file), Files.readAllBytes(learned.resolve(file)));
        }
    }
}
