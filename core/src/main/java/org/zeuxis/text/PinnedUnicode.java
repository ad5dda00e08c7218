package org.zeuxis.text;

import java.text.Normalizer;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/**
 * The Unicode properties of the reference tokenizer (tokenizers 0.23), the same on every Java version.
 *
 * <p>It composes by Unicode 9, tells letters and numbers by Unicode 16 and lower-cases by Unicode 17, one code point at
 * a time, so a final sigma stays a plain sigma; characters end by Unicode 17. Java 17 knows Unicode 13; what differs is listed here.
 */
public final class PinnedUnicode {
    /** Marks and compositions newer than Unicode 9: they never reorder and never compose. */
    private static final BitSet UNCOMPOSED = ranges("7fd 897-89f 8ca-8d3 9fe c3c d3b-d3c eba 1715 1abf-1ace 1df6-1dfa"
            + " a82c 105c9 105d2 105da 105e4 10d24-10d27 10d69-10d6d 10eab-10eac 10efd-10eff 10f46-10f50 10f82-10f85"
            + " 11070 1133b 11382-11385 1138b 1138e 11390-11391 113b8 113bb 113c2 113c5 113c7-113c9 113ce-113d0 1145e"
            + " 11839-1183a 11930 11935 11938 1193d-1193e 11943 119e0 11a34 11a47 11a99 11d42 11d44-11d45 11d97"
            + " 11f41-11f42 1611e-1612f 16d63 16d67-16d6a 16ff0-16ff1 1e08f 1e130-1e136 1e2ae 1e2ec-1e2ef 1e4ec-1e4ef"
            + " 1e5ee-1e5ef");

    private static final BitSet NEW_LETTERS = ranges("870-887 889-88e 8b5 8c8-8c9 c5d cdd 170d 171f 1b4c 1c89-1c8a"
            + " 2c2f 2c5f 9ffd-9fff a7c0-a7c1 a7cb-a7cd a7d0-a7d1 a7d3 a7d5-a7dc a7f2-a7f4 10570-1057a 1057c-1058a"
            + " 1058c-10592 10594-10595 10597-105a1 105a3-105b1 105b3-105b9 105bb-105bc 105c0-105f3 10780-10785"
            + " 10787-107b0 107b2-107ba 10d4a-10d65 10d6f-10d85 10ec2-10ec4 10f70-10f81 11071-11072 11075 1123f-11240"
            + " 11380-11389 1138b 1138e 11390-113b5 113b7 113d1 113d3 11740-11746 11ab0-11abf 11bc0-11be0 11f02"
            + " 11f04-11f10 11f12-11f33 12f90-12ff0 1342f 13441-13446 13460-143fa 16100-1611d 16a70-16abe 16d40-16d6c"
            + " 18cff 1aff0-1aff3 1aff5-1affb 1affd-1affe 1b11f-1b122 1b132 1b155 1df00-1df1e 1df25-1df2a 1e030-1e06d"
            + " 1e290-1e2ad 1e4d0-1e4eb 1e5d0-1e5ed 1e5f0 1e7e0-1e7e6 1e7e8-1e7eb 1e7ed-1e7ee 1e7f0-1e7fe 2a6de-2a6df"
            + " 2b735-2b739 2ebf0-2ee5d 31350-323af");

    private static final BitSet NEW_NUMBERS = ranges("10d40-10d49 116d0-116e3 11bf0-11bf9 11f50-11f59 16130-16139"
            + " 16ac0-16ac9 16d70-16d79 1ccf0-1ccf9 1d2c0-1d2d3 1e4f0-1e4f9 1e5f1-1e5fa");

    /** What belongs to the character before it, newer than Unicode 13. */
    private static final BitSet NEW_MARKS = ranges("897-89f 8ca-8d2 c3c cf3 ece 1715 180f 1ac1-1add 1ae0-1aeb 1dfa"
            + " 10d69-10d6d 10efa-10eff 10f82-10f85 11070 11073-11074 110c2 11241 113b8-113c0 113c2 113c5 113c7-113ca"
            + " 113cc-113d0 113d2 113e1-113e2 11b60-11b67 11f00-11f01 11f03 11f34-11f3a 11f3e-11f42 11f5a 13440"
            + " 13447-13455 1611e-1612f 1cf00-1cf2d 1cf30-1cf46 1e08f 1e2ae 1e4ec-1e4ef 1e5ee-1e5ef 1e6e3 1e6e6"
            + " 1e6ee-1e6ef 1e6f5");

    /** What no longer does. */
    private static final BitSet MARKS_NO_MORE = ranges("11720-11721");

    private static final Map<Integer, Integer> NEW_LOWER_CASE = new HashMap<>();

    static {
        lowerCase(1, "1c89 a7c0 a7cc a7ce a7d0 a7d2 a7d4 a7d6 a7d8 a7da");
        lowerCase(0x30, "2c2f");
        lowerCase(0x27, "10570-1057a 1057c-1058a 1058c-10592 10594-10595");
        lowerCase(0x20, "10d50-10d65");
        lowerCase(0x1b, "16ea0-16eb8");
        lowerCase(0x264 - 0xa7cb, "a7cb");
        lowerCase(0x19b - 0xa7dc, "a7dc");
    }

    private PinnedUnicode() {}

    static boolean isLetter(int codePoint) {
        return Character.isLetter(codePoint) || NEW_LETTERS.get(codePoint);
    }

    static boolean isNumber(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER -> true;
            default -> NEW_NUMBERS.get(codePoint);
        };
    }

    /** White space is Unicode's White_Space: with NBSP and the ideographic space, without zero-width characters. */
    public static boolean isSpace(int codePoint) {
        return codePoint >= 9 && codePoint <= 13 || codePoint == 0x85 || Character.isSpaceChar(codePoint);
    }

    /** Composes (NFC), then lower-cases each code point by itself; a lone surrogate becomes U+FFFD. */
    static String composeAndLowerCase(String text) {
        return lowerCased(normalized(text, Normalizer.Form.NFC));
    }

    /** Decomposes (NFD); a lone surrogate becomes U+FFFD. */
    public static String decomposed(String text) {
        return normalized(text, Normalizer.Form.NFD);
    }

    private static String normalized(String text, Normalizer.Form form) {
        StringBuilder normalized = new StringBuilder(text.length());
        StringBuilder segment = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (UNCOMPOSED.get(c)) {
                normalize(segment, form, normalized);
                normalized.appendCodePoint(c);
            } else {
                segment.appendCodePoint(c >= 0xd800 && c < 0xe000 ? 0xfffd : c);
            }
        });
        normalize(segment, form, normalized);
        return normalized.toString();
    }

    /** The text for whoever looks where characters end: newer marks are old ones, of as many UTF-16 units. */
    static String withOldMarks(String text) {
        if (text.codePoints().noneMatch(c -> NEW_MARKS.get(c) || MARKS_NO_MORE.get(c))) return text;
        StringBuilder old = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (NEW_MARKS.get(c)) old.appendCodePoint(c < 0x10000 ? 0x301 : 0x1d165);
            else old.appendCodePoint(MARKS_NO_MORE.get(c) ? 0x10000 : c);
        });
        return old.toString();
    }

    /** Lower-cases each code point by itself. */
    public static String lowerCased(String text) {
        StringBuilder lower = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == 0x130) lower.append("i\u0307"); // the one letter whose lower case is two code points
            else lower.appendCodePoint(NEW_LOWER_CASE.getOrDefault(c, Character.toLowerCase(c)));
        });
        return lower.toString();
    }

    private static void normalize(StringBuilder segment, Normalizer.Form form, StringBuilder to) {
        to.append(Normalizer.normalize(segment, form));
        segment.setLength(0);
    }

    private static void lowerCase(int step, String ranges) {
        ranges(ranges).stream().forEach(c -> NEW_LOWER_CASE.put(c, c + step));
    }

    /** Code points from hexadecimal ranges, bounds included. */
    public static BitSet ranges(String ranges) {
        BitSet set = new BitSet();
        for (String range : ranges.split(" ", -1)) {
            String[] ends = range.split("-", -1);
            set.set(Integer.parseInt(ends[0], 16), Integer.parseInt(ends[ends.length - 1], 16) + 1);
        }
        return set;
    }
}
