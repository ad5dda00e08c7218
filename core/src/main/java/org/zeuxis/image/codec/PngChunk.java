package org.zeuxis.image.codec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * One chunk of a PNG file.
 *
 * @param type its four letters
 * @param data its content, a view of the file
 */
record PngChunk(String type, ByteBuffer data) {
    static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};

    /** All chunks of a file up to IEND; a damaged chunk that a picture can do without is left out. */
    static List<PngChunk> read(byte[] file, String name) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file).position(SIGNATURE.length);
        List<PngChunk> chunks = new ArrayList<>();
        while (chunks.isEmpty() || !chunks.get(chunks.size() - 1).type.equals("IEND")) {
            if (bytes.remaining() < 12) throw cutShort(name, file);
            int length = bytes.getInt();
            if (length < 0 || length > bytes.remaining() - 8) throw cutShort(name, file);
            int at = bytes.position();
            String type = new String(file, at, 4, StandardCharsets.ISO_8859_1);
            if (!type.chars().allMatch(c -> c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z')) {
                throw new IOException(name + ": expected a sound PNG file, but the chunk at byte " + at
                        + " has no name of four letters; the file is damaged, fetch it again");
            }
            CRC32 crc = new CRC32();
            crc.update(file, at, 4 + length);
            bytes.position(at + 4 + length);
            boolean sound = bytes.getInt() == (int) crc.getValue();
            if (sound) {
                chunks.add(
                        new PngChunk(type, ByteBuffer.wrap(file, at + 4, length).slice()));
            } else if (Character.isUpperCase(type.charAt(0))) {
                throw new IOException(name + ": expected a sound PNG file, but chunk " + type + " at byte " + at
                        + " fails its checksum; the file is damaged, fetch it again");
            }
        }
        return chunks;
    }

    private static IOException cutShort(String name, byte[] file) {
        return new IOException(name + ": expected a whole PNG file, but it is cut short after " + file.length
                + " bytes; fetch it again");
    }

    byte[] bytes() {
        byte[] copy = new byte[data.remaining()];
        data.duplicate().get(copy);
        return copy;
    }
}
