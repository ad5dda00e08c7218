package org.zeuxis.image.codec;

import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Reads the picture of a JPEG file as Pillow does: grey, RGB and CMYK, without colour management.
 *
 * <p>Java decodes to the file's own colours, which never looks at a profile; the way from there to RGB is libjpeg's.
 */
final class JpegDecoder {
    private static final int HALF = 1 << 15;
    private static final int RED_OF_CR = fixed(1.402);
    private static final int GREEN_OF_CB = fixed(0.34414);
    private static final int GREEN_OF_CR = fixed(0.71414);
    private static final int BLUE_OF_CB = fixed(1.772);

    private JpegDecoder() {}

    static Image decode(byte[] file, String name, long maxPixels) throws IOException {
        JpegHeader header = JpegHeader.read(file, name);
        ImageFile.expectSize(name, header.width(), header.height(), maxPixels);
        header.expectLikely(file, name);
        Image stored = rgb(raster(file, name), header);
        return header.orientation().upright(stored);
    }

    private static Raster raster(byte[] file, String name) throws IOException {
        ImageReader reader = reader();
        List<String> warnings = new ArrayList<>();
        try (MemoryCacheImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(file))) {
            reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
            reader.setInput(input, true, true);
            Raster raster = reader.readRaster(0, null);
            for (String warning : warnings) {
                if (warning.contains("remature end") || warning.contains("runcated")) {
                    throw new IOException(warning);
                }
            }
            return raster;
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    name + ": expected a whole, sound JPEG, but it cannot be decoded (" + e.getMessage()
                            + "); fetch it again, or convert it to PNG",
                    e);
        } finally {
            reader.dispose();
        }
    }

    /** The reader of the JDK, whatever others are on the class path. */
    private static ImageReader reader() {
        List<ImageReader> found = new ArrayList<>();
        for (Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName("jpeg"); all.hasNext(); ) {
            ImageReader reader = all.next();
            if (reader.getClass().getName().startsWith("com.sun.")) found.add(0, reader);
            else found.add(reader);
        }
        if (found.isEmpty()) {
            throw new IllegalStateException("expected a Java runtime that reads JPEG (module java.desktop)");
        }
        return found.get(0);
    }

    private static Image rgb(Raster raster, JpegHeader header) {
        int width = raster.getWidth();
        int height = raster.getHeight();
        int bands = raster.getNumBands();
        byte[] samples = new byte[width * height * 3];
        byte[] row = new byte[width * bands];
        int[] pixel = new int[4];
        int at = 0;
        for (int y = 0; y < height; y++) {
            raster.getDataElements(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int c = 0; c < 4; c++) pixel[c] = row[x * bands + (c < bands ? c : 0)] & 255;
                if (bands >= 3 && header.lumaAndChroma()) fromLumaAndChroma(pixel);
                if (bands == 4) fromInk(pixel, header);
                for (int c = 0; c < 3; c++) samples[at++] = (byte) pixel[c];
            }
        }
        return new Image(width, height, 3, samples);
    }

    /** Y, Cb, Cr to R, G, B in 16-bit fixed point, as libjpeg rounds it. */
    private static void fromLumaAndChroma(int[] pixel) {
        int luma = pixel[0];
        int cb = pixel[1] - 128;
        int cr = pixel[2] - 128;
        pixel[0] = clamp(luma + (RED_OF_CR * cr + HALF >> 16));
        pixel[1] = clamp(luma + (-GREEN_OF_CB * cb - GREEN_OF_CR * cr + HALF >> 16));
        pixel[2] = clamp(luma + (BLUE_OF_CB * cb + HALF >> 16));
    }

    /** C, M, Y, K to R, G, B as Pillow converts it, which takes all inks for inverted as Adobe writes them. */
    private static void fromInk(int[] pixel, JpegHeader header) {
        int light = pixel[3];
        for (int c = 0; c < 3; c++) {
            int ink = header.lumaAndChroma() ? pixel[c] : 255 - pixel[c]; // YCCK is of the inks inverted once more
            pixel[c] = clamp(light - Resize.timesOver255(ink, light));
        }
    }

    private static int clamp(int value) {
        return Math.max(0, Math.min(255, value));
    }

    private static int fixed(double value) {
        return (int) (value * 65536 + 0.5);
    }
}
