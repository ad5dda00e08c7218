package org.zeuxis.text;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * The printable character that stands for each byte in a byte-level vocabulary: the 188 visible
 * Latin-1 characters for themselves, the other bytes from U+0100 on.
 */
public final class ByteAlphabet {
    private static final char[] OF_BYTE = new char[256];
    private static final short[] OF_CHAR = new short[512]; // -1 where a character stands for no byte
    /** All 256 characters in vocabulary order: the visible ones first. */
    public static final String ALL;

    static {
        StringBuilder visible = new StringBuilder();
        StringBuilder moved = new StringBuilder();
        java.util.Arrays.fill(OF_CHAR, (short) -1);
        for (int b = 0; b < 256; b++) {
            boolean shown = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
            OF_BYTE[b] = shown ? (char) b : (char) (256 + moved.length());
            OF_CHAR[OF_BYTE[b]] = (short) b;
            (shown ? visible : moved).append(OF_BYTE[b]);
        }
        ALL = visible.append(moved).toString();
    }

    private ByteAlphabet() {}

    /** One character per UTF-8 byte of the text. */
    public static String spell(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        char[] chars = new char[bytes.length];
        for (int i = 0; i < chars.length; i++) chars[i] = OF_BYTE[bytes[i] & 255];
        return new String(chars);
    }

    /** Whether a token goes on with a character that another has begun, as none but the first byte of one does. */
    static boolean continues(String token) {
        char first = token.isEmpty() ? 0 : token.charAt(0);
        return first < OF_CHAR.length && OF_CHAR[first] >= 0x80 && OF_CHAR[first] < 0xc0;
    }

    /** The text that spelled tokens stand for; bytes that are no UTF-8 become U+FFFD. */
    public static String read(List<String> tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String token : tokens) {
            if (token.chars().allMatch(c -> c < OF_CHAR.length && OF_CHAR[c] >= 0)) {
                token.chars().forEach(c -> bytes.write(OF_CHAR[c]));
            } else {
                bytes.writeBytes(token.getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
