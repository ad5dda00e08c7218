package org.zeuxis.app.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.train.optimizer.Adafactor;
import org.zeuxis.train.optimizer.AdaptiveClipping;
import org.zeuxis.train.optimizer.GlobalNorm;
import org.zeuxis.train.recipe.RecipeFile;
import org.zeuxis.train.recipe.TrainingConfig;

/** {@code docs/training.md}: its recipes are recipes, and its keys of {@code training} are all there are. */
final class TrainingPageTest {
    private static final Path PAGE = Path.of("..", "docs", "training.md");

    @TempDir
    Path folder;

    @Test
    void everyRecipeOfThePageIsRead() throws IOException {
        Matcher block = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL).matcher(Files.readString(PAGE));
        int recipes = 0;
        while (block.find()) {
            Path file = Files.writeString(folder.resolve(recipes++ + ".json"), block.group(1));
            assertThat(RecipeFile.read(file).data().datasets()).containsOnlyKeys("mine");
        }
        assertThat(recipes).isEqualTo(3);
    }

    @Test
    void everyKeyOfTrainingIsOnThePageAndRead() throws IOException {
        String text = Files.readString(PAGE);
        Set<String> named = new TreeSet<>();
        for (String row : text.substring(text.indexOf("**`training`**")).lines().toList()) {
            String[] cells = row.split("\\|");
            Matcher key = Pattern.compile("`(\\w+)`").matcher(cells.length > 1 ? cells[1] : "");
            while (key.find()) named.add(key.group(1));
        }
        Set<String> adamw = Set.of("beta1", "beta2", "epsilon");
        Set<String> adafactor = Set.of("decay", "threshold", "epsilon1", "epsilon2");
        assertThat(named).containsAll(adamw).containsAll(adafactor);
        TrainingConfig usual = read(named, and(adafactor, "adaptive_clip"), "adamw");
        assertThat(usual.checkpointMinutes()).isEqualTo(1);
        assertThat(usual.clipping()).isEqualTo(new GlobalNorm(1));
        TrainingConfig other = read(named, and(adamw, "clip"), "adafactor");
        assertThat(other.optimizer()).isEqualTo(new Adafactor.Config(1, 1, 1, 1, 1));
        assertThat(other.clipping()).isEqualTo(new AdaptiveClipping.Config(1, 1e-3, List.of()));
        assertThat(named).contains("checkpoint_minutes", "recompute", "patch_mask");
    }

    private static Set<String> and(Set<String> keys, String one) {
        Set<String> all = new TreeSet<>(keys);
        all.add(one);
        return all;
    }

    /** The {@code training} of a recipe that has all keys but those that exclude others. */
    private TrainingConfig read(Set<String> named, Set<String> others, String optimizer) throws IOException {
        String needed = "\"steps\": 9, \"batch\": 1, \"learning_rate\": 1e-3, \"warm_up\": 0";
        String recipe =
                "{\"recipe\": \"clip\", \"run\": \"r\", \"from\": \"pictograms\", \"data\": {\"dataset\": \"d\"},"
                        + " \"training\": {%s%s}}";
        Set<String> numbers = new TreeSet<>(named);
        numbers.removeAll(others);
        numbers.removeAll(Set.of("steps", "batch", "learning_rate", "warm_up", "recompute", "optimizer"));
        StringBuilder keys = new StringBuilder("\"recompute\": true, \"optimizer\": \"" + optimizer + "\", ");
        numbers.forEach(key -> keys.append('"')
                .append(key)
                .append("\": ")
                .append(key.matches("beta.|ema|end|patch_mask") ? "0.5" : "1")
                .append(", "));
        Path file = Files.writeString(folder.resolve("all.json"), String.format(recipe, keys, needed));
        return RecipeFile.read(file).training();
    }
}
