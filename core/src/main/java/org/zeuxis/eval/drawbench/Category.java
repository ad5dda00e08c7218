package org.zeuxis.eval.drawbench;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What a prompt tries out.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, Table A.1
 */
public enum Category {
    COLORS("Colors"),
    CONFLICTING("Conflicting"),
    COUNTING("Counting"),
    DALL_E("DALL-E"),
    DESCRIPTIONS("Descriptions"),
    GARY_MARCUS("Gary Marcus et al."),
    MISSPELLINGS("Misspellings"),
    POSITIONAL("Positional"),
    RARE_WORDS("Rare Words"),
    REDDIT("Reddit"),
    TEXT("Text");

    private final String label;

    Category(String label) {
        this.label = label;
    }

    /** As the paper writes it. */
    public String label() {
        return label;
    }

    /**
     * The one of this name, in whatever case, blanks and punctuation.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static Category named(String name) {
        for (Category category : values()) if (letters(category.label).equals(letters(name))) return category;
        String all = Arrays.stream(values()).map(Category::label).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("expected one of the categories " + all + ", got '" + name.strip() + "'");
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }
}
