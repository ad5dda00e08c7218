package org.zeuxis.data.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Text as datasets must have it; another encoding is refused, as its letters would silently become others. */
public final class Utf8 {
    private Utf8() {}

    /** @throws IOException if it is of another encoding */
    public static String text(byte[] bytes) throws IOException {
        if (begins(bytes, 0xff, 0xfe) || begins(bytes, 0xfe, 0xff)) throw another("UTF-16", "UTF-16");
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw another("another encoding", "WINDOWS-1252");
        }
        if (text.indexOf('\0') >= 0) throw another("zero bytes, as UTF-16 has them", "UTF-16LE");
        return text.startsWith("\uFEFF") ? text.substring(1) : text;
    }

    /** The captions of a text: one a line. */
    static List<String> lines(byte[] bytes) throws IOException {
        return text(bytes)
                .lines()
                .map(line -> line.replace("\uFEFF", "").strip())
                .filter(line -> !line.isEmpty())
                .toList();
    }

    private static boolean begins(byte[] bytes, int first, int second) {
        return bytes.length > 1 && (bytes[0] & 255) == first && (bytes[1] & 255) == second;
    }

    private static IOException another(String got, String name) {
        return new IOException(
                "expected UTF-8, got " + got + "; convert it, such as by iconv -f " + name + " -t UTF-8 FILE > NEW");
    }
}
