package org.zeuxis.text;

import com.fasterxml.jackson.core.JacksonException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

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

    /** What was found wrong, by a JSON parser without its many lines of context. */
    public static String clean(IOException e) {
        if (!(e instanceof JacksonException json)) return clean(e.getMessage());
        String place = json.getLocation() == null
                ? ""
                : " (line " + json.getLocation().getLineNr() + ", column "
                        + json.getLocation().getColumnNr() + ")";
        return clean(json.getOriginalMessage()) + place;
    }
}
