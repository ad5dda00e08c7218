package org.zeuxis.data.pictogram;

import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The words that a picture in other colours makes untrue. */
public final class ColorWords {
    private static final Pattern WORDS = Pattern.compile(
            Stream.concat(
                            Background.PALETTE.stream().map(Background::name),
                            Stream.of(
                                    "grey",
                                    "cyan",
                                    "turquoise",
                                    "magenta",
                                    "violet",
                                    "indigo",
                                    "navy",
                                    "lime",
                                    "olive",
                                    "maroon",
                                    "beige",
                                    "gold",
                                    "golden",
                                    "silver",
                                    "bronze",
                                    "rainbow",
                                    "colou?rful"))
                    .collect(Collectors.joining("|", "\\b(", ")\\b")),
            Pattern.CASE_INSENSITIVE);

    private ColorWords() {}

    /** Whether there is one in a caption. */
    public static boolean in(String caption) {
        return WORDS.matcher(caption).find();
    }
}
