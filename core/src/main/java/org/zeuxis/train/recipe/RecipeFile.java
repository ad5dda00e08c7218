package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongConsumer;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.Digest;

/**
 * A recipe as a file: {@code configs/…/*.json}.
 *
 * @param kind what is trained: autoencoder, classifier, clip or latent-diffusion
 * @param config the whole file
 * @param run the folder of the run, unless another is named
 * @param hash of all that the result depends on: the file but for {@code about} and {@code run}, and of its {@code training} neither how
 *     long it goes on nor what is kept and shown meanwhile
 */
public record RecipeFile(
        String kind, Config config, Path run, TrainingData data, TrainingConfig training, String hash) {
    /** By kind, what is read later, or only by people. */
    private static final SortedMap<String, List<String>> KEYS = new TreeMap<>(Map.of(
            "autoencoder", List.of("about", "model"),
            "classifier", List.of("about", "model"),
            "clip", List.of("about", "from", "model"),
            "latent-diffusion",
                    List.of(
                            "about",
                            "autoencoder",
                            "clip",
                            "from",
                            "joint",
                            "min_snr",
                            "model",
                            "pictures",
                            "samples")));

    /** What a run may be resumed with another value of. */
    private static final Set<String> UNHASHED_TRAINING = Set.of("steps", "keep", "checkpoint_minutes", "samples_every");

    /**
     * Reads and checks it.
     *
     * @throws IOException if it cannot be read or is no JSON
     * @throws IllegalArgumentException if a value is missing, unknown or out of its range; the message names it
     */
    public static RecipeFile read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(
                    file + ": expected a recipe, got a folder; if it holds pictures, name it as dataset in"
                            + " a recipe, as docs/training.md shows");
        }
        Config c = Config.read(file);
        String kind = c.text("recipe");
        List<String> later = KEYS.get(kind);
        if (later == null) {
            throw new IllegalArgumentException(
                    file + ": expected a recipe of " + String.join(", ", KEYS.keySet()) + ", got " + kind);
        }
        try {
            TrainingConfig training = TrainingConfig.from(c.child("training"));
            boolean saves = training.recompute() || training.chunk() < training.batch();
            if (saves && !kind.equals("clip")) {
                throw new IllegalArgumentException("expected chunk or recompute in a recipe of clip alone, got one of "
                        + kind + "; choose a smaller batch and accumulation");
            }
            Path run = Path.of(c.text("run"));
            TrainingData data = TrainingData.from(c.child("data"));
            c.refuseUnread(later.toArray(String[]::new));
            return new RecipeFile(kind, c, run, data, training, hash(c));
        } catch (org.zeuxis.checkpoint.ConfigException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String hash(Config c) {
        StringBuilder text = new StringBuilder();
        for (String key : new TreeSet<>(c.keys())) {
            if (key.equals("training")) append(c.child(key), UNHASHED_TRAINING, key + ".", text);
            else if (!key.equals("about") && !key.equals("run")) append(c, key, "", text);
        }
        return Digest.sha256().with(text.toString()).hex().substring(0, 16);
    }

    private static void append(Config c, Set<String> without, String prefix, StringBuilder text) {
        for (String key : new TreeSet<>(c.keys())) if (!without.contains(key)) append(c, key, prefix, text);
    }

    private static void append(Config c, String key, String prefix, StringBuilder text) {
        text.append(prefix).append(key).append('=').append(c.literal(key)).append('\n');
    }

    /** Refuses what a model's configuration says of its training, and of the tokens, which a recipe does its own way. */
    static void expectOwnTraining(Config model) {
        for (String key : List.of("attention_dropout", "dropout", "patch_dropout")) model.expect(key, 0);
        for (String key :
                List.of("initializer_range", "initializer_factor", "logit_scale_init_value", "init_logit_scale")) {
            model.expect(key, "null");
        }
        for (String key : List.of("bos_token_id", "eos_token_id", "pad_token_id")) model.expect(key, "null");
        for (String part : List.of("text_config", "vision_config")) {
            if (model.has(part)) expectOwnTraining(model.child(part));
        }
    }

    /** Opens the data and makes the model. */
    Recipe prepare(Path folder, LongConsumer encoded) throws IOException {
        if (config.has("model")) expectOwnTraining(config.child("model"));
        return switch (kind) {
            case "autoencoder" -> new AutoencoderRecipe(config.child("model"), data, training);
            case "classifier" -> new ClassifierRecipe(config.child("model"), data, training);
            case "clip" -> new ClipRecipe(config, data, training, folder);
            default -> new LatentDiffusionRecipe(config, data, training, folder, encoded);
        };
    }
}
