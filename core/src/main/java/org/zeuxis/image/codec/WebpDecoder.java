package org.zeuxis.image.codec;

import com.twelvemonkeys.imageio.plugins.webp.vp8.VP8Frame;
import com.twelvemonkeys.imageio.stream.ByteArrayImageInputStream;
import java.awt.image.DataBufferByte;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.stream.ImageInputStream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;
import org.zeuxis.image.webp.LosslessDecoder;

/**
 * Reads the picture of a WebP file: lossy, lossless, with transparency, the first frame of an animation.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9649">WebP Image Format</a>
 */
final class WebpDecoder {
    private static final int HEADER = 12;
    private static final int CHUNK_HEADER = 8;
    private static final int FRAME_HEADER = 16;
    private static final int LOSSY_HEADER = 10;
    private static final int LOSSLESS_HEADER = 5;
    private static final int ALPHA_FLAG = 0x10;
    private static final int PIXEL_BYTES = 8; // as ARGB and as samples

    private final byte[] file;
    private final ByteBuffer bytes;
    private final String name;
    private final long maxPixels;
    private Orientation orientation = Orientation.UPRIGHT;
    private @Nullable Canvas canvas;
    private @Nullable Stretch alpha;
    private @Nullable Image picture;

    private WebpDecoder(byte[] file, String name, long maxPixels) {
        this.file = file;
        this.bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        this.name = name;
        this.maxPixels = maxPixels;
    }

    /** What an extended header says. */
    private record Canvas(int width, int height, boolean transparent) {}

    /** Where a chunk's content lies. */
    private record Stretch(int from, int end) {
        int length() {
            return end - from;
        }
    }

    static Image decode(byte[] file, String name, long maxPixels) throws IOException {
        WebpDecoder decoder = new WebpDecoder(file, name, maxPixels);
        long said = file.length < HEADER + CHUNK_HEADER ? Long.MAX_VALUE : decoder.bytes.getInt(4) & 0xffffffffL;
        if (said > file.length - CHUNK_HEADER) {
            throw new IOException(name + ": expected a whole WebP file, but it is cut short after " + file.length
                    + " bytes; fetch it again");
        }
        try {
            decoder.chunks(HEADER, (int) (CHUNK_HEADER + said));
        } catch (IOException | RuntimeException e) {
            if (String.valueOf(e.getMessage()).startsWith(name + ": expected")) throw e;
            throw new IOException(
                    name + ": expected a whole, sound WebP, but it cannot be decoded ("
                            + (e.getMessage() == null ? "its data end early" : e.getMessage())
                            + "); fetch it again, or convert it to PNG",
                    e);
        }
        Image picture = decoder.picture;
        if (picture == null) {
            throw new IOException(name + ": expected WebP data, got no chunk of a known kind; convert it to PNG");
        }
        return decoder.orientation.upright(picture);
    }

    private void chunks(int from, int end) throws IOException {
        for (long at = from; at + CHUNK_HEADER <= end; ) {
            String type = new String(file, (int) at, 4, StandardCharsets.ISO_8859_1);
            long length = bytes.getInt((int) at + 4) & 0xffffffffL;
            int begin = (int) at + CHUNK_HEADER;
            if (length > end - begin) throw new IOException("its data end early");
            chunk(type, new Stretch(begin, begin + (int) length));
            at = begin + length + length % 2;
        }
    }

    private void chunk(String type, Stretch content) throws IOException {
        switch (type) {
            case "VP8X" -> {
                expect(content, 10);
                int width = triple(content.from + 4) + 1;
                int height = triple(content.from + 7) + 1;
                ImageFile.expectSize(name, width, height, maxPixels);
                canvas = new Canvas(width, height, (file[content.from] & ALPHA_FLAG) != 0);
            }
            case "EXIF" -> orientation = Orientation.ofTiff(bytes.slice(content.from, content.length()));
            case "ALPH" -> alpha = content;
            case "VP8 ", "VP8L" -> {
                if (picture != null) return;
                Image image = type.equals("VP8 ") ? lossy(content) : lossless(content);
                if (canvas != null && (image.width() != canvas.width || image.height() != canvas.height)) {
                    throw new IOException("its header claims " + canvas.width + "x" + canvas.height + " where it is "
                            + image.width() + "x" + image.height());
                }
                picture = image;
            }
            case "ANMF" -> {
                if (picture == null) frame(content);
            }
            default -> {}
        }
    }

    /** The first frame of an animation in its place. */
    private void frame(Stretch content) throws IOException {
        expect(content, FRAME_HEADER);
        Canvas whole = canvas;
        if (whole == null) throw new IOException("its animation has no header");
        int x = 2 * triple(content.from);
        int y = 2 * triple(content.from + 3);
        int width = triple(content.from + 6) + 1;
        int height = triple(content.from + 9) + 1;
        if (x + (long) width > whole.width || y + (long) height > whole.height) {
            throw new IOException("its first frame reaches beyond it");
        }
        canvas = new Canvas(width, height, whole.transparent);
        alpha = null;
        chunks(content.from + FRAME_HEADER, content.end);
        canvas = whole;
        Image drawn = picture;
        if (drawn == null || width == whole.width && height == whole.height) return;
        int channels = drawn.channels();
        expectRoom(whole.width, whole.height);
        byte[] samples = new byte[whole.width * whole.height * channels];
        for (int row = 0; row < height; row++) {
            int into = ((y + row) * whole.width + x) * channels;
            System.arraycopy(drawn.samples(), row * width * channels, samples, into, width * channels);
        }
        picture = new Image(whole.width, whole.height, channels, samples);
    }

    private Image lossless(Stretch content) throws IOException {
        expect(content, LOSSLESS_HEADER);
        int header = bytes.getInt(content.from + 1);
        if (file[content.from] != 0x2f || header >>> 29 != 0) throw new IOException("its lossless header is broken");
        int width = (header & 0x3fff) + 1;
        int height = (header >> 14 & 0x3fff) + 1;
        expectRoom(width, height);
        int[] pixels = LosslessDecoder.decode(file, content.from + LOSSLESS_HEADER, content.end, width, height);
        int channels = (header & 1 << 28) == 0 ? 3 : 4;
        byte[] samples = new byte[pixels.length * channels];
        for (int i = 0, at = 0; i < pixels.length; i++) {
            for (int shift = 16; shift >= 0; shift -= 8) samples[at++] = (byte) (pixels[i] >> shift);
            if (channels == 4) samples[at++] = (byte) (pixels[i] >> 24);
        }
        return new Image(width, height, channels, samples);
    }

    private Image lossy(Stretch content) throws IOException {
        expect(content, LOSSY_HEADER);
        boolean key = (file[content.from] & 1) == 0;
        if (!key || triple(content.from + 3) != 0x2a019d) throw new IOException("its lossy header is broken");
        int width = bytes.getShort(content.from + 6) & 0x3fff;
        int height = bytes.getShort(content.from + 8) & 0x3fff;
        expectRoom(width, height);
        int channels = canvas != null && canvas.transparent ? 4 : 3;
        byte[] samples = new byte[width * height * channels];
        WritableRaster raster = Raster.createInterleavedRaster(
                new DataBufferByte(samples, samples.length),
                width,
                height,
                width * channels,
                channels,
                new int[] {0, 1, 2},
                null);
        try (ImageInputStream data = new ByteArrayImageInputStream(file, content.from, content.length())) {
            if (!new VP8Frame(data, false).decode(raster, null)) throw new IOException("it holds no picture");
        }
        if (channels == 4) opacity(samples, width, height);
        return new Image(width, height, channels, samples);
    }

    private void opacity(byte[] samples, int width, int height) throws IOException {
        Stretch from = alpha;
        byte[] opacity = from == null ? null : WebpAlpha.decode(file, from.from, from.end, width, height);
        for (int i = 0; i < width * height; i++) samples[4 * i + 3] = opacity == null ? (byte) 255 : opacity[i];
    }

    private void expectRoom(int width, int height) throws IOException {
        ImageFile.expectSize(name, width, height, maxPixels);
        ImageFile.expectRoom(name, file.length, width, height, PIXEL_BYTES);
    }

    private static void expect(Stretch content, int length) throws IOException {
        if (content.length() < length) throw new IOException("its data end early");
    }

    /** A number of three bytes. */
    private int triple(int at) {
        return bytes.getShort(at) & 0xffff | (file[at + 2] & 255) << 16;
    }
}
