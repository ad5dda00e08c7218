package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.config.Config;

/**
 * A recipe as a file: {@code configs/…/*.json}.
 *
 * @param kind what is trained, as a {@link Recipe} calls it
 * @param run the folder of the run, unless another is named
 * @param hash of all that the result depends on: the file but for {@code about} and {@code run}, and of its {@code training} neither how
 *     long it goes on nor what is kept and shown meanwhile
 * @param preparation what comes before the first step
 */
public record RecipeFile(
        String kind, Path run, TrainingData data, TrainingConfig training, String hash, Preparation preparation) {
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
        Config c = Config.read(file).remediedBy("leave such keys out");
        String kind = c.text("recipe");
        Map<String, Recipe> kinds = Recipe.all();
        Recipe recipe = kinds.get(kind);
        if (recipe == null) {
            throw new IllegalArgumentException(
                    file + ": expected a recipe of " + String.join(", ", kinds.keySet()) + ", got " + kind);
        }
        try {
            Path run = Path.of(c.text("run"));
            RecipeKeys keys = new RecipeKeys(c);
            Preparation preparation = recipe.read(keys);
            keys.refuseUnread();
            return new RecipeFile(kind, run, keys.data(), keys.training(), hash(c), preparation);
        } catch (org.zeuxis.config.ConfigException e) {
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
}
