package org.zeuxis.train.recipe.lm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.Size;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.models.flamingo.Prompt;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.LanguageModelFolder;
import org.zeuxis.models.lm.Llama;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
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
 * learns from. It reads the lines of {@code texts}, captions of the data and questions about scenes; a share of {@code told} are
 * documents of up to {@code shots} pictures whose words tell what is seen, one of {@code several} pictures of several things so told, of
 * which each is asked about, one of {@code lists} lists that come twice. With {@code from}, the folder of a LLaMA and its tokenizer, it trains
 * that one further, with {@code context} on texts of another length.
 */
public final class LanguageModelRecipe implements Recipe {
    /** Texts that the tokenizer is learned from. */
    private static final int CORPUS = 60_000;

    private static final int SHOTS = 4;
    private static final String FROM = "from";

    /** The model to train, and the folder of its tokenizer. */
    private record Beginning(Decoder model, Llama family, Path tokenizer) {}

    /** What a training begins with, once there are texts. */
    @FunctionalInterface
    private interface Start {
        Beginning begin(TrainingTexts texts, Path run) throws IOException;
    }

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
        TrainingTexts.Retold retold = new TrainingTexts.Retold(
                c.number("told", 0), c.number("several", 0), c.number("lists", 0), c.integer("shots", SHOTS));
        Start start = c.has(FROM) ? further(keys) : anew(keys);
        return (run, encoded) -> begin(files, share, retold, start, keys.data(), keys.training(), run);
    }

    private static Start anew(RecipeKeys keys) {
        Config model = keys.model();
        model.expect("model_type", "llama");
        Llama asked = Llama.from(model);
        return (texts, run) -> {
            Path folder = run.resolve("tokenizer");
            Llama family = asked.withVocabulary(tokenizer(texts, asked, folder).size());
            Seed seed = Seed.of(keys.training().seed());
            return new Beginning(Initialization.seeded(seed, () -> new Decoder(family)), family, folder);
        };
    }

    private static Start further(RecipeKeys keys) {
        keys.refuseBeside(FROM, "model", "whose own goes on");
        Path from = Path.of(keys.file().text(FROM));
        int context = keys.file().has("context") ? keys.file().size("context", 1, Size.TOKENS) : 0;
        return (texts, run) -> {
            Decoder earlier = LanguageModelFolder.load(from, DType.FLOAT32);
            if (!(earlier.family() instanceof Llama family)) {
                throw new ConfigException(
                        FROM + " of the recipe, " + from + ": expected a LLaMA, got another; choose another folder");
            }
            Llama longer = context == 0 ? family : family.withContext(context);
            Decoder model = new Decoder(longer);
            model.parameters()
                    .forEach((key, weight) -> InPlace.assign(
                            weight, Objects.requireNonNull(earlier.parameters().get(key))));
            return new Beginning(model, longer, from);
        };
    }

    private static ModelInTraining begin(
            List<Path> files,
            double share,
            TrainingTexts.Retold retold,
            Start start,
            TrainingData data,
            TrainingConfig training,
            Path run)
            throws IOException {
        List<String> lines = new ArrayList<>();
        for (Path file : files) {
            for (String line : TextFile.lines(file)) if (!line.isBlank()) lines.add(line.strip());
        }
        TrainingTexts texts = new TrainingTexts(lines, share, retold, data.drawings(), data.seed());
        Beginning begun = start.begin(texts, run);
        LanguageTokenizer tokenizer = LanguageTokenizer.read(begun.tokenizer);
        return new ModelInTraining(
                new LanguageModelObjective(
                        begun.model, new TokenWindows(texts, tokenizer, begun.family.context(), training.batch())),
                data.pairs(),
                into -> export(begun.model, begun.family, tokenizer, begun.tokenizer, into));
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
