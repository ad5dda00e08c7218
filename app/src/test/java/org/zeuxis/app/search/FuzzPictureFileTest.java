package org.zeuxis.app.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** Any bytes as a GIF or a BMP. */
class FuzzPictureFileTest {
    @FuzzTest(maxDuration = "150s")
    void gif(byte[] bytes) {
        read(bytes, "GIF89a");
    }

    @FuzzTest(maxDuration = "150s")
    void bmp(byte[] bytes) {
        read(bytes, "BM");
    }

    private static void read(byte[] bytes, String begin) {
        byte[] file = bytes.clone();
        byte[] magic = begin.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, file, 0, Math.min(magic.length, file.length));
        try {
            PictureFile.decode(file, "picture");
        } catch (IOException e) {
            assertThat(e.getMessage()).startsWith("picture: expected").doesNotContain("\n");
        }
    }
}
