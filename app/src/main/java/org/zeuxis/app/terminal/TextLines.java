package org.zeuxis.app.terminal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Reads the lines of a text file, and says what it is if it is none. */
public final class TextLines {
    private static final long MOST_BYTES = 16 << 20;
    private static final String MARK = "\ufeff";

    private TextLines() {}

    /**
     * The lines that are not blank, without the blanks around them.
     *
     * @param of what stands on each line, such as {@code a prompt}
     * @throws IOException if it is no text file in UTF-8
     */
    public static List<String> read(Path file, String of) throws IOException {
        String expected = file + ": expected a text file in UTF-8 with " + of + " on each line, got ";
        if (Files.isDirectory(file)) throw new IOException(expected + "a folder; name the file");
        if (Files.exists(file) && Files.size(file) > MOST_BYTES) {
            throw new IOException(expected + Files.size(file) + " bytes; split it");
        }
        byte[] bytes = Files.readAllBytes(file);
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(expected + "bytes that are none; save it as UTF-8 text", e);
        }
        if (text.indexOf(0) >= 0) throw new IOException(expected + "one with zero bytes; save it as UTF-8 text");
        if (text.startsWith(MARK)) text = text.substring(MARK.length());
        return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
    }
}
