package org.zeuxis.text.sentencepiece;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.zeuxis.text.Graphemes;

/**
 * What SentencePiece does to a text before it is cut: a compiled table of characters and what stands for them, such as full
 * width letters and the plain ones.
 *
 * <p>Applied as the library tokenizers (0.23) does: to what a reader takes for one character, if it is short, else to each of
 * its code points; the shortest entry that fits decides.
 */
final class CharacterMap {
    private static final int WHOLE = 6; // bytes from which on a character goes by its code points
    /** Of a text that nothing is done to. */
    static final CharacterMap NONE = new CharacterMap(new int[] {0}, new byte[0]);

    private final int[] trie; // Darts-clone's double array
    private final byte[] replacements; // texts in UTF-8, each with a 0 behind

    private CharacterMap(int[] trie, byte[] replacements) {
        this.trie = trie;
        this.replacements = replacements;
    }

    /**
     * @param compiled the size of the table of units, the units, the replacements; empty for none
     * @throws IllegalArgumentException if it is cut short
     */
    static CharacterMap read(byte[] compiled) {
        if (compiled.length == 0) return NONE;
        ByteBuffer in = ByteBuffer.wrap(compiled).order(ByteOrder.LITTLE_ENDIAN);
        long size = compiled.length < 4 ? -1 : Integer.toUnsignedLong(in.getInt());
        if (size < 4 || size % 4 != 0 || size > in.remaining()) {
            throw new IllegalArgumentException("expected a table of characters, got " + compiled.length
                    + " bytes that are not one; fetch the file again");
        }
        int[] trie = new int[(int) (size / 4)];
        for (int i = 0; i < trie.length; i++) trie[i] = in.getInt();
        byte[] replacements = new byte[in.remaining()];
        in.get(replacements);
        return new CharacterMap(trie, replacements);
    }

    String apply(String text) {
        if (replacements.length == 0) return text;
        StringBuilder mapped = new StringBuilder(text.length());
        for (String whole : Graphemes.of(text)) {
            byte[] bytes = whole.getBytes(StandardCharsets.UTF_8);
            String replacement = bytes.length < WHOLE ? replacement(bytes) : null;
            if (replacement != null) mapped.append(replacement);
            else whole.codePoints().forEach(c -> mapped.append(orItself(Character.toString(c))));
        }
        return mapped.toString();
    }

    private String orItself(String character) {
        String replacement = replacement(character.getBytes(StandardCharsets.UTF_8));
        return replacement == null ? character : replacement;
    }

    /** What stands for the shortest beginning of {@code key} that is in the table; null if none is. */
    private @Nullable String replacement(byte[] key) {
        int at = offset(trie[0]);
        for (byte b : key) {
            int label = b & 0xff;
            at ^= label;
            if (label == 0 || at < 0 || at >= trie.length || (trie[at] & 0x800000ff) != label) return null;
            boolean leaf = (trie[at] >>> 8 & 1) == 1;
            at ^= offset(trie[at]);
            if (at < 0 || at >= trie.length) return null;
            if (leaf) return text(trie[at] & 0x7fffffff);
        }
        return null;
    }

    private static int offset(int unit) {
        return unit >>> 10 << ((unit & 1 << 9) >>> 6);
    }

    private @Nullable String text(int from) {
        if (from >= replacements.length) return null;
        int to = from;
        while (to < replacements.length && replacements[to] != 0) to++;
        return new String(replacements, from, to - from, StandardCharsets.UTF_8);
    }
}
