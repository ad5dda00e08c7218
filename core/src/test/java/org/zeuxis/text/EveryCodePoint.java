package org.zeuxis.text;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.zip.CRC32;

/** What a tokenizer makes of each code point within a text, beside checksums of what the reference makes of 256 at a time. */
public final class EveryCodePoint {
    private static final int BLOCK = 256;

    private EveryCodePoint() {}

    /** The first of each 256 code points, some of which have other ids than the reference's. */
    public static List<String> wrong(JsonNode checksums, Function<String, int[]> tokens) {
        List<String> wrong = new ArrayList<>();
        for (int block = 0; block <= Character.MAX_CODE_POINT; block += BLOCK) {
            CRC32 crc = new CRC32();
            for (int c = block; c < block + BLOCK; c++) {
                if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) continue; // half a pair
                String point = Character.toString(c);
                for (int id : tokens.apply("Q" + point + "q " + point)) {
                    crc.update(ByteBuffer.allocate(Integer.BYTES)
                            .order(ByteOrder.LITTLE_ENDIAN)
                            .putInt(id)
                            .array());
                }
            }
            if (crc.getValue() != checksums.get(block / BLOCK).asLong()) wrong.add("U+%04X-".formatted(block));
        }
        return wrong;
    }
}
