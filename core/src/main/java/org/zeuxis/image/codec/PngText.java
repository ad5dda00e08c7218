package org.zeuxis.image.codec;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * The texts inside a PNG file, by key and in order: how a generated picture carries its request.
 *
 * @param entries keys of 1 to 79 Latin-1 characters, with any text
 * @see WebUiParameters
 */
public record PngText(Map<String, String> entries) {
    /** No text at all. */
    public static final PngText NONE = new PngText(Map.of());
    /** The key under which the usual web UIs keep what they generated a picture from. */
    public static final String PARAMETERS = "parameters";
    /** The key under which Zeuxis keeps its request, as JSON. */
    public static final String REQUEST = "zeuxis";

    private static final int MOST_BYTES = 16 << 20; // of all texts unpacked

    /** @throws IllegalArgumentException if a key is no PNG keyword */
    public PngText {
        for (String key : entries.keySet()) {
            if (!isKey(key)) {
                throw new IllegalArgumentException(
                        "expected a PNG text key of 1 to 79 printable Latin-1 characters, got '" + key + "'");
            }
        }
        entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    /** These texts and one more; it takes the place of one with the same key. */
    public PngText with(String key, String text) {
        Map<String, String> more = new LinkedHashMap<>(entries);
        more.put(key, text);
        return new PngText(more);
    }

    /**
     * Reads the texts of a file.
     *
     * @throws IOException if it is no PNG file, or a damaged one
     */
    public static PngText read(Path file) throws IOException {
        return of(ImageFile.bytes(file), file.toString());
    }

    /** The texts of a PNG file in memory; {@code name} stands in error messages. */
    public static PngText of(byte[] file, String name) throws IOException {
        if (!ImageFile.startsWith(file, 0, PngChunk.SIGNATURE)) {
            throw new IOException(
                    name + ": expected a PNG file, got " + ImageFile.kind(file) + "; only PNG files carry texts");
        }
        Map<String, String> entries = new LinkedHashMap<>();
        int room = MOST_BYTES;
        for (PngChunk chunk : PngChunk.read(file, name)) {
            byte[] data = chunk.bytes();
            int end = end(data, 0);
            String key = new String(data, 0, Math.min(end, 79), StandardCharsets.ISO_8859_1).strip();
            if (!isKey(key) || end >= data.length) continue;
            switch (chunk.type()) {
                case "tEXt" -> entries.put(key, text(data, end + 1, StandardCharsets.ISO_8859_1));
                case "zTXt" -> entries.put(key, unpack(data, end + 2, StandardCharsets.ISO_8859_1, name, room));
                case "iTXt" -> {
                    int language = end + 3;
                    int from = end(data, end(data, language) + 1) + 1;
                    boolean packed = data.length > end + 1 && data[end + 1] == 1;
                    Charset utf8 = StandardCharsets.UTF_8;
                    entries.put(key, packed ? unpack(data, from, utf8, name, room) : text(data, from, utf8));
                }
                default -> {}
            }
            room -= entries.getOrDefault(key, "").length();
        }
        return new PngText(entries);
    }

    /** Appends one chunk per text: tEXt where Latin-1 suffices, else iTXt. */
    void writeTo(PngWriter file) {
        entries.forEach((key, text) -> {
            boolean latin = text.chars().allMatch(c -> c == '\n' || c >= 32 && c < 127 || c >= 160 && c < 256);
            ByteArrayOutputStream data = new ByteArrayOutputStream();
            data.writeBytes(key.getBytes(StandardCharsets.ISO_8859_1));
            data.writeBytes(new byte[latin ? 1 : 5]); // ends the key; iTXt: not packed, no language, no translated key
            data.writeBytes(text.getBytes(latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8));
            file.chunk(latin ? "tEXt" : "iTXt", data.toByteArray());
        });
    }

    private static boolean isKey(String key) {
        boolean printable = key.chars().allMatch(c -> c >= 32 && c < 127 || c > 160 && c < 256);
        return !key.isEmpty() && key.length() <= 79 && printable && key.equals(key.strip());
    }

    private static int end(byte[] data, int from) {
        int at = from;
        while (at < data.length && data[at] != 0) at++;
        return at;
    }

    private static String text(byte[] data, int from, Charset charset) {
        return from >= data.length ? "" : new String(data, from, data.length - from, charset);
    }

    private static String unpack(byte[] data, int from, Charset charset, String name, int room) throws IOException {
        Inflater inflater = new Inflater();
        try {
            if (from < data.length) inflater.setInput(ByteBuffer.wrap(data, from, data.length - from));
            byte[] text = new byte[(int) Math.min(Math.max(room, 0), 1024 + 16L * data.length)];
            int n = 0;
            while (!inflater.finished()) {
                if (n == text.length && n < room) text = Arrays.copyOf(text, (int) Math.min(room, 4L * n));
                int more = inflater.inflate(text, n, text.length - n);
                n += more;
                if (more == 0) {
                    throw new IOException(name + ": expected whole texts of at most " + MOST_BYTES + " bytes, got "
                            + (n >= room ? "a longer one" : "one cut short after " + n));
                }
            }
            return new String(text, 0, n, charset);
        } catch (DataFormatException e) {
            throw new IOException(name + ": expected a packed text, but it cannot be unpacked", e);
        } finally {
            inflater.end();
        }
    }
}
