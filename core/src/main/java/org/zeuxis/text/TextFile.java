package org.zeuxis.text;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** A file of text, read whole if it is of a size that text has and in UTF-8; every refusal names it. */
public final class TextFile {
    /** The largest that is read: a million captions have 100 MB. */
    public static final long MOST_BYTES = 1L << 29;

    private TextFile() {}

    /** @throws IOException if there is no such file, or it is not UTF-8 */
    public static String read(Path file) throws IOException {
        byte[] bytes = bytes(file, MOST_BYTES);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(
                    file + ": expected text in UTF-8, got another encoding; convert it with iconv -t UTF-8", e);
        }
    }

    /** Its lines, without what ends them. */
    public static List<String> lines(Path file) throws IOException {
        return read(file).lines().toList();
    }

    /**
     * What is in a file.
     *
     * @param most bytes that it may have
     */
    public static byte[] bytes(Path file, long most) throws IOException {
        if (Files.isDirectory(file)) throw new IOException(file + ": expected a file, got a folder; name a file in it");
        if (Files.isRegularFile(file) && Files.size(file) > most) throw tooLarge(file, most);
        try (InputStream in = Files.newInputStream(file)) {
            // of what is no regular file the size is not told before
            byte[] bytes = in.readNBytes((int) Math.min(Integer.MAX_VALUE - 8, most + 1));
            if (bytes.length <= most) return bytes;
        } catch (NoSuchFileException e) {
            throw new IOException(file + ": expected a file, got nothing; check the path", e);
        }
        throw tooLarge(file, most);
    }

    private static IOException tooLarge(Path file, long most) {
        return new IOException(file + ": expected at most " + most + " bytes, got more; check the path");
    }

    /** Text of a file made fit for a message: on one line, and short. */
    public static String brief(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ");
        return line.length() <= 60 ? line : line.substring(0, 60) + "…";
    }
}
