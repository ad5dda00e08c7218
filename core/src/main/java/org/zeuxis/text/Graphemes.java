package org.zeuxis.text;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a reader takes for one character: an emoji of several code points, a letter with its accents.
 *
 * @see <a href="https://www.unicode.org/reports/tr29/">Unicode text segmentation</a>
 */
public final class Graphemes {
    private static final Pattern ONE = Pattern.compile("\\X");

    private Graphemes() {}

    /** The beginning of a text, at most {@code most} UTF-16 units of it, with no character cut in two. */
    public static String beginning(String text, int most) {
        if (text.length() <= most) return text;
        Matcher one = ONE.matcher(text);
        int end = 0;
        while (one.find() && one.end() <= most) end = one.end();
        return text.substring(0, end);
    }

    /** The text without its last character. */
    public static String withoutLast(String text) {
        Matcher one = ONE.matcher(text);
        int start = 0;
        while (one.find()) start = one.start();
        return text.substring(0, start);
    }

    /** Where the character that begins at {@code start} ends. */
    public static int end(String text, int start) {
        Matcher one = ONE.matcher(text);
        return one.find(start) ? one.end() : text.length();
    }
}
