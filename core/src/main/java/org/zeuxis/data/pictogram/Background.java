package org.zeuxis.data.pictogram;

import java.util.List;

/**
 * A colour and its name, to lay under a transparent drawing.
 *
 * @param name as a caption says it, such as {@code blue}
 * @param red 0 to 255, as green and blue
 */
public record Background(String name, int red, int green, int blue) {
    public static final Background WHITE = new Background("white", 255, 255, 255);

    /** Twelve colours that every reader tells apart. */
    public static final List<Background> PALETTE = List.of(
            WHITE,
            new Background("black", 16, 16, 16),
            new Background("gray", 128, 128, 128),
            new Background("red", 214, 40, 40),
            new Background("orange", 245, 134, 32),
            new Background("yellow", 250, 215, 50),
            new Background("green", 46, 150, 64),
            new Background("teal", 20, 150, 150),
            new Background("blue", 40, 96, 214),
            new Background("purple", 130, 60, 180),
            new Background("pink", 245, 140, 180),
            new Background("brown", 130, 82, 45));

    public Background {
        for (int c : new int[] {red, green, blue}) {
            if (c < 0 || c > 255) throw new IllegalArgumentException("expected colours of 0 to 255, got " + c);
        }
    }

    /** {@code on a blue background}, {@code on an orange background}. */
    public String phrase() {
        return "on " + Nouns.article(name) + " " + name + " background";
    }
}
