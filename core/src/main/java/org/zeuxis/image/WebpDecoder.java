package org.zeuxis.image;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Reads the picture of a WebP file: lossy, lossless, with transparency, the first frame of an animation. */
final class WebpDecoder {
    private WebpDecoder() {}

    static Image decode(byte[] file, String name, long maxPixels) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
        if (file.length < 30 || (bytes.getInt(4) & 0xffffffffL) > file.length - 8L) {
            throw new IOException(name + ": expected a whole WebP file, but it is cut short after " + file.length
                    + " bytes; fetch it again");
        }
        if (!expectSize(bytes, 12, name, maxPixels)) {
            throw new IOException(name + ": expected WebP data, got a chunk of an unknown kind; convert it to PNG");
        }
        Orientation orientation = Orientation.UPRIGHT;
        for (long at = 12; at + 8 <= file.length; ) {
            String type = new String(file, (int) at, 4, StandardCharsets.ISO_8859_1);
            long length = bytes.getInt((int) at + 4) & 0xffffffffL;
            if (type.equals("EXIF") && at + 8 + length <= file.length) {
                orientation = Orientation.ofTiff(bytes.slice((int) at + 8, (int) length));
            }
            expectSize(bytes, (int) at, name, maxPixels);
            if (type.equals("ANMF") && at + 24 <= file.length) expectSize(bytes, (int) at + 24, name, maxPixels);
            at += 8 + length + length % 2;
        }
        return orientation.upright(image(file, name));
    }

    /** Checks the size in a lossy, lossless or extended chunk; false if it is of another kind. */
    private static boolean expectSize(ByteBuffer bytes, int at, String name, long maxPixels) throws IOException {
        if (at + 18 > bytes.limit()) return false;
        int data = at + 8;
        switch (new String(bytes.array(), at, 4, StandardCharsets.ISO_8859_1)) {
            case "VP8 " ->
                ImageFile.expectSize(
                        name, bytes.getShort(data + 6) & 0x3fff, bytes.getShort(data + 8) & 0x3fff, maxPixels);
            case "VP8L" -> {
                int sizes = bytes.getInt(data + 1);
                ImageFile.expectSize(name, (sizes & 0x3fff) + 1, (sizes >> 14 & 0x3fff) + 1, maxPixels);
            }
            case "VP8X" -> {
                int width = (bytes.getInt(data + 4) & 0xffffff) + 1;
                ImageFile.expectSize(name, width, (bytes.getInt(data + 6) >>> 8) + 1, maxPixels);
            }
            default -> {
                return false;
            }
        }
        return true;
    }

    private static Image image(byte[] file, String name) throws IOException {
        ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
        try (MemoryCacheImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.setInput(input, true, true);
            BufferedImage picture = reader.read(0);
            return rgb(picture.getRaster());
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    name + ": expected a whole, sound WebP, but it cannot be decoded (" + e.getMessage()
                            + "); fetch it again, or convert it to PNG",
                    e);
        } finally {
            reader.dispose();
        }
    }

    /** The samples as they are, without the colour profile that the picture may carry. */
    private static Image rgb(Raster raster) {
        int channels = raster.getNumBands() == 4 ? 4 : 3;
        int[] values = raster.getPixels(0, 0, raster.getWidth(), raster.getHeight(), (int[]) null);
        byte[] samples = new byte[values.length];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) values[i];
        return new Image(raster.getWidth(), raster.getHeight(), channels, samples);
    }
}
