package org.zeuxis.app.search;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import org.zeuxis.app.Fuzzed;

/** Any bytes as a GIF or a BMP. */
class FuzzPictureFileTest {
    @FuzzTest(maxDuration = "5m")
    void gif(byte[] bytes) {
        read(bytes, "GIF89a");
    }

    @FuzzTest(maxDuration = "5m")
    void bmp(byte[] bytes) {
        read(bytes, "BM");
    }

    private static void read(byte[] bytes, String begin) {
        byte[] file = bytes.clone();
        byte[] magic = begin.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, file, 0, Math.min(magic.length, file.length));
        String line = Fuzzed.line(() -> PictureFile.decode(file, "picture"));
        if (!line.isEmpty()) assertThat(line).startsWith("picture: expected");
    }
}
