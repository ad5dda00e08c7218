package org.zeuxis.train.recipe;

import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;

/**
 * How one kind of model is trained. A kind is known by a line of {@code META-INF/services/org.zeuxis.train.recipe.Recipe}, on
 * the class path of Zeuxis or of whoever uses it.
 */
public interface Recipe {
    /** What a recipe's file calls it: {@code "recipe": "clip"}. */
    String kind();

    /**
     * Reads the keys of this kind, and opens nothing. What it leaves unread is refused by name.
     *
     * @throws IllegalArgumentException if a value is missing or out of its range; the message names it
     */
    Preparation read(RecipeKeys keys);

    /** Every kind that is known, by its name. */
    static Map<String, Recipe> all() {
        Map<String, Recipe> all = new TreeMap<>();
        for (Recipe recipe : ServiceLoader.load(Recipe.class, Recipe.class.getClassLoader())) {
            all.put(recipe.kind(), recipe);
        }
        return all;
    }
}
