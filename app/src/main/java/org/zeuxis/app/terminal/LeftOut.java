package org.zeuxis.app.terminal;

import java.util.List;

/** How many pictures a command did without, and the first of their names. */
public final class LeftOut {
    private static final int NAMED = 3;

    private LeftOut() {}

    /**
     * Such as {@code 8 of 20 pictures left out: a.png, b.png, c.png and 5 more}.
     *
     * @param of how many there were, with a word for them; may be empty
     */
    public static String line(String of, String what, List<String> names) {
        List<String> first = names.subList(0, Math.min(NAMED, names.size()));
        int more = names.size() - first.size();
        return names.size() + (of.isEmpty() ? "" : " of " + of) + " " + what + ": " + String.join(", ", first)
                + (more == 0 ? "" : " and " + more + " more");
    }
}
