package org.zeuxis.models;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What becomes of a picture that the model's safety checker flags. */
public enum Safety {
    /** No picture is judged. */
    OFF,
    /** It is told with the picture. */
    FLAG,
    /** It is told, and the picture is black. */
    BLANK;

    /** In small letters. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException if there is none of this label */
    public static Safety labelled(String label) {
        for (Safety each : values()) if (each.label().equals(label)) return each;
        String all = Arrays.stream(values()).map(Safety::label).collect(Collectors.joining(", "));
        throw new IllegalArgumentException("expected safety to be one of " + all + ", got " + label);
    }
}
