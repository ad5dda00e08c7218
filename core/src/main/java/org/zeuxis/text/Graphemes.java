package org.zeuxis.text;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a reader takes for one character: an emoji of several code points, a letter with its accents. Marks are those of Unicode 17
 * on every Java version.
 *
 * @see <a href="https://www.unicode.org/reports/tr29/">Unicode text segmentation</a>
 */
public final class Graphemes {
    private static final Pattern ONE = Pattern.compile("\\X");

    private Graphemes() {}

    /** The characters of a text, one after the other. */
    public static List<String> of(String text) {
        Matcher one = one(text);
        List<String> all = new ArrayList<>();
        while (one.find()) all.add(text.substring(one.start(), one.end()));
        return all;
    }

    /** The beginning of a text, at most {@code most} UTF-16 units of it, with no character cut in two. */
    public static String beginning(String text, int most) {
        if (text.length() <= most) return text;
        Matcher one = one(text);
        int end = 0;
        while (one.find() && one.end() <= most) end = one.end();
        return text.substring(0, end);
    }

    /** The text without its last character. */
    public static String withoutLast(String text) {
        Matcher one = one(text);
        int start = 0;
        while (one.find()) start = one.start();
        return text.substring(0, start);
    }

    /** Where the character that begins at {@code start} ends. */
    public static int end(String text, int start) {
        Matcher one = one(text);
        return one.find(start) ? one.end() : text.length();
    }

    /** Finds where characters begin and end in {@code text}. */
    private static Matcher one(String text) {
        return ONE.matcher(PinnedUnicode.withOldMarks(text));
    }
}
