package org.zeuxis.text;

import java.util.ArrayList;
import java.util.List;

/**
 * CLIP's split of a text into words: runs of letters, single digits, runs of other signs, and the
 * English contractions 's 't 're 've 'm 'll 'd. White space only parts them.
 */
final class ClipWords {
    private static final List<String> CONTRACTIONS = List.of("'s", "'t", "'re", "'ve", "'m", "'ll", "'d");
    /** Written in a text they are one word of the first split, which the second split takes apart. */
    private static final List<List<String>> SPELLED_MARKS =
            List.of(List.of("<|", "startoftext", "|>"), List.of("<|", "endoftext", "|>"));

    private ClipWords() {}

    /** NFC and lower case, as the split expects its text. */
    static String normalize(String text) {
        return PinnedUnicode.composeAndLowerCase(text);
    }

    /** The words of a normalised text, in order. */
    static List<String> split(String text) {
        List<String> words = new ArrayList<>();
        for (int at = 0; at < text.length(); ) {
            int first = text.codePointAt(at);
            if (PinnedUnicode.isSpace(first)) {
                at += Character.charCount(first);
                continue;
            }
            int from = at;
            List<String> fixed = fixedWords(text, at);
            if (!fixed.isEmpty()) {
                words.addAll(fixed);
                for (String word : fixed) at += word.length();
                continue;
            }
            Kind kind = Kind.of(first);
            do {
                at += Character.charCount(text.codePointAt(at));
            } while (kind != Kind.NUMBER && at < text.length() && Kind.of(text.codePointAt(at)) == kind);
            words.add(text.substring(from, at));
        }
        return words;
    }

    private static List<String> fixedWords(String text, int at) {
        if (text.charAt(at) == '\'') {
            for (String word : CONTRACTIONS) if (text.startsWith(word, at)) return List.of(word);
        } else if (text.charAt(at) == '<') {
            for (List<String> words : SPELLED_MARKS) if (text.startsWith(String.join("", words), at)) return words;
        }
        return List.of();
    }

    private enum Kind {
        LETTER,
        NUMBER,
        SPACE,
        OTHER;

        static Kind of(int codePoint) {
            if (PinnedUnicode.isLetter(codePoint)) return LETTER;
            if (PinnedUnicode.isNumber(codePoint)) return NUMBER;
            return PinnedUnicode.isSpace(codePoint) ? SPACE : OTHER;
        }
    }
}
