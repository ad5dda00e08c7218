package org.zeuxis.image.codec;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import org.zeuxis.Hostile;

/** Any bytes as a picture, and as the chunks of a PNG whose checksums are right. */
class FuzzImageFileTest {

    @FuzzTest(maxDuration = "5m")
    void picture(byte[] bytes) {
        Hostile.line("picture.png", () -> ImageFile.decode(bytes, "picture.png", ImageFile.MAX_PIXELS));
    }

    @FuzzTest(maxDuration = "5m")
    void webp(byte[] bytes) {
        byte[] file = bytes.clone();
        write(file, 0, "RIFF");
        if (file.length > 12) {
            for (int i = 0; i < 4; i++) file[4 + i] = (byte) (file.length - 8 >> 8 * i);
            write(file, 8, "WEBP");
        }
        Hostile.line("picture.webp", () -> ImageFile.decode(file, "picture.webp", ImageFile.MAX_PIXELS));
    }

    @FuzzTest(maxDuration = "5m")
    void png(byte[] bytes) {
        byte[] file = sealed(bytes);
        Hostile.line("picture.png", () -> ImageFile.decode(file, "picture.png", ImageFile.MAX_PIXELS));
    }

    @FuzzTest(maxDuration = "5m")
    void text(byte[] bytes) {
        byte[] file = sealed(bytes);
        Hostile.line("picture.png", () -> {
            for (String text : PngText.of(file, "picture.png").entries().values()) WebUiParameters.parse(text);
        });
        WebUiParameters.parse(new String(bytes, StandardCharsets.UTF_8));
    }

    /** Chunk by chunk with its checksum put right, so that what is in it counts. */
    private static byte[] sealed(byte[] bytes) {
        byte[] file = bytes.clone();
        for (int i = 0; i < Math.min(8, file.length); i++) file[i] = PngChunk.SIGNATURE[i];
        for (int at = 8; at + 12 <= file.length; ) {
            long length = (file[at] & 255L) << 24
                    | (file[at + 1] & 255) << 16
                    | (file[at + 2] & 255) << 8
                    | file[at + 3] & 255;
            if (length > file.length - at - 12) break;
            CRC32 crc = new CRC32();
            crc.update(file, at + 4, (int) length + 4);
            int end = at + 8 + (int) length;
            for (int i = 0; i < 4; i++) file[end + i] = (byte) (crc.getValue() >> 24 - 8 * i);
            at = end + 4;
        }
        return file;
    }

    private static void write(byte[] file, int at, String text) {
        for (int i = 0; i < text.length() && at + i < file.length; i++) file[at + i] = (byte) text.charAt(i);
    }
}
