package org.zeuxis.train.recipe;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Hostile;

/** Any bytes as a recipe. */
class FuzzRecipeFileTest {
    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "5m")
    void recipe(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("recipe.json"), bytes);
        Hostile.line(file.toString(), () -> RecipeFile.read(file));
    }
}
