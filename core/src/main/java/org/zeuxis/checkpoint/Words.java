package org.zeuxis.checkpoint;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.zeuxis.text.Graphemes;

/** Text from files made fit for a one-line message. */
public final class Words {
    private static final int LONGEST = 200;

    private Words() {}

    /** Control characters replaced, cut to 200 characters. */
    public static String clean(@Nullable String text) {
        if (text == null) return "nothing";
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LONGEST ? line : Graphemes.beginning(line, LONGEST) + "…";
    }

    /** What the JSON parser found wrong, without its many lines of context. */
    static String clean(JacksonException e) {
        String place = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        return clean(e.getOriginalMessage()) + place;
    }

    /** Whether {@code name} can only mean a file in the folder it is looked for in. */
    static boolean isPlainFileName(String name) {
        return !name.isBlank()
                && !name.startsWith(".")
                && name.chars().noneMatch(c -> c == '/' || c == '\\' || c == ':' || Character.isISOControl(c));
    }

    /** What a value in JSON is, as a message calls it. */
    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "the list";
            case OBJECT -> "the object";
            case STRING -> "the text";
            case NUMBER -> "the number";
            case BOOLEAN -> "the truth value";
            default -> "nothing";
        };
    }
}
