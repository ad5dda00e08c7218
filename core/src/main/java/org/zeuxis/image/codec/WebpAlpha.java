package org.zeuxis.image.codec;

import java.io.IOException;
import java.util.Arrays;
import org.zeuxis.image.webp.LosslessDecoder;

/**
 * Reads the transparency that goes with a lossy WebP.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9649#section-2.7.1.2">WebP Image Format</a>, section 2.7.1.2
 */
final class WebpAlpha {
    private WebpAlpha() {}

    /**
     * @param from the chunk's first byte in {@code file}
     * @param end the byte after its last
     * @return [height, width]
     */
    static byte[] decode(byte[] file, int from, int end, int width, int height) throws IOException {
        if (end <= from) throw new IOException("its transparency is empty");
        int kind = file[from] & 3;
        int filter = file[from] >> 2 & 3;
        byte[] alpha = switch (kind) {
            case 0 -> plain(file, from + 1, end, width * height);
            case 1 -> packed(LosslessDecoder.decode(file, from + 1, end, width, height));
            default -> throw new IOException("its transparency is packed in an unknown way");
        };
        if (filter > 0) undo(filter, alpha, width);
        return alpha;
    }

    private static byte[] plain(byte[] file, int from, int end, int count) throws IOException {
        if (end - from < count) throw new IOException("its transparency ends early");
        return Arrays.copyOfRange(file, from, from + count);
    }

    private static byte[] packed(int[] pixels) {
        byte[] green = new byte[pixels.length];
        for (int i = 0; i < green.length; i++) green[i] = (byte) (pixels[i] >> 8);
        return green;
    }

    /** Each was lessened by its left (1) or upper (2) neighbour, or by the slope of the two (3). */
    private static void undo(int filter, byte[] alpha, int width) {
        for (int i = 1; i < alpha.length; i++) {
            boolean first = i < width;
            boolean begin = i % width == 0;
            int foretold;
            if (first || filter == 1 && !begin) foretold = alpha[i - 1];
            else if (begin || filter == 2) foretold = alpha[i - width];
            else {
                int slope = (alpha[i - 1] & 255) + (alpha[i - width] & 255) - (alpha[i - width - 1] & 255);
                foretold = Math.max(0, Math.min(255, slope));
            }
            alpha[i] += (byte) foretold;
        }
    }
}
