package org.zeuxis.image.codec;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.image.Image;

/**
 * Reads pictures of PNG, JPEG and WebP files, told by their content whatever their name, and writes PNG.
 *
 * <p>As in Pillow, colour profiles are not applied. The camera's orientation is; of an animation the first frame counts.
 */
public final class ImageFile {
    /** The most pixels a picture may have unless one says otherwise: 134 million, 400 MB as RGB. */
    public static final long MAX_PIXELS = 1L << 27;

    /** More than any sound file of as many pixels is likely to have. */
    private static final long MOST_BYTES = 1L << 29;

    private static final long LIKELY_BYTES = 320 << 20;
    private static final long LIKELY_RATIO = 128;

    private static final Map<String, String> FOREIGN = Map.of(
            "GIF8",
            "a GIF",
            "BM",
            "a BMP",
            "II*\0",
            "a TIFF",
            "MM\0*",
            "a TIFF",
            "%PDF",
            "a PDF",
            "<svg",
            "an SVG",
            "<?xml",
            "an XML file, perhaps SVG",
            "<!DOCTYPE",
            "a web page",
            "<html",
            "a web page");

    private ImageFile() {}

    /**
     * Reads a picture of at most {@link #MAX_PIXELS}.
     *
     * @throws IOException if the file cannot be read, is no picture or a damaged one; the message names it
     */
    public static Image read(Path file) throws IOException {
        return decode(bytes(file), file.toString(), MAX_PIXELS);
    }

    /** Decodes a picture of at most {@link #MAX_PIXELS}. */
    public static Image decode(byte[] bytes) throws IOException {
        return decode(bytes, "picture", MAX_PIXELS);
    }

    /**
     * Decodes a picture. Its size is read and checked before any memory is taken for it.
     *
     * @param name what to call it in an error message
     * @param maxPixels the most pixels it may have
     * @return 3 channels, or 4 if the file has transparency
     * @throws IOException if it is no picture, a damaged one or too large a one
     */
    public static Image decode(byte[] bytes, String name, long maxPixels) throws IOException {
        try {
            if (startsWith(bytes, 0, PngChunk.SIGNATURE)) return PngDecoder.decode(bytes, name, maxPixels);
            if (isJpeg(bytes)) return JpegDecoder.decode(bytes, name, maxPixels);
            if (isWebp(bytes)) return WebpDecoder.decode(bytes, name, maxPixels);
        } catch (RuntimeException e) {
            throw new IOException(
                    name + ": expected a sound picture, but " + kind(bytes).replaceFirst("^an? ", "the ")
                            + " is damaged where it should not be; fetch it again",
                    e);
        }
        throw new IOException(name + ": expected a PNG, JPEG or WebP picture, got " + kind(bytes)
                + (bytes.length == 0 ? "; fetch it again" : "; convert it to PNG"));
    }

    /** The picture as a PNG file with texts in it. */
    public static byte[] png(Image image, PngText text) {
        return PngWriter.encode(image, text);
    }

    /**
     * Writes a PNG file, whole or not at all: it takes its name when it is complete. Folders are made as needed.
     *
     * @throws IOException if the disk refuses, which names the file; what stood there before is then untouched
     */
    public static void write(Path file, Image image, PngText text) throws IOException {
        AtomicFile.write(file, png(image, text));
    }

    /** Writes a PNG file without texts. */
    public static void write(Path file, Image image) throws IOException {
        write(file, image, PngText.NONE);
    }

    static byte[] bytes(Path file) throws IOException {
        if (Files.isDirectory(file)) throw new IOException(file + ": expected a picture, got a folder");
        if (!Files.exists(file)) throw new IOException(file + ": expected a picture, but there is no such file");
        long size = Files.size(file);
        if (size > MOST_BYTES) {
            throw new IOException(file + ": expected a picture of at most " + (MOST_BYTES >> 20) + " MiB, got "
                    + (size >> 20) + " MiB; make it smaller");
        }
        return Files.readAllBytes(file);
    }

    static void expectSize(String name, long width, long height, long maxPixels) throws IOException {
        if (width < 1 || height < 1) {
            throw new IOException(name + ": expected a picture of at least 1x1, got " + width + "x" + height);
        }
        if (width > maxPixels / height || width * height > Integer.MAX_VALUE / 4) {
            throw new IOException(name + ": expected at most " + Math.min(maxPixels, Integer.MAX_VALUE / 4)
                    + " pixels, but the header claims " + width + "x" + height
                    + "; scale the picture down, or allow more pixels if it is trusted");
        }
    }

    /**
     * Refuses a picture whose decoding takes much more memory than its file makes likely: a small drawing may be packed
     * a thousandfold, but what needs gigabytes has megabytes.
     *
     * @param bytesPerPixel that decoding takes at its height
     */
    public static void expectRoom(String name, long fileBytes, long width, long height, int bytesPerPixel)
            throws IOException {
        long most = (LIKELY_BYTES + LIKELY_RATIO * fileBytes) / bytesPerPixel;
        if (width * height <= most) return;
        throw new IOException(name + ": expected at most " + most + " pixels in a file of " + fileBytes
                + " bytes, but the header claims " + width + "x" + height + "; fetch it again, or scale it down");
    }

    static boolean startsWith(byte[] bytes, int at, byte... start) {
        if (bytes.length < at + start.length) return false;
        for (int i = 0; i < start.length; i++) if (bytes[at + i] != start[i]) return false;
        return true;
    }

    private static boolean isJpeg(byte[] bytes) {
        return startsWith(bytes, 0, (byte) 0xff, (byte) 0xd8, (byte) 0xff);
    }

    private static boolean isWebp(byte[] bytes) {
        return startsWith(bytes, 0, latin("RIFF")) && startsWith(bytes, 8, latin("WEBP"));
    }

    /** What a file is, in words. */
    static String kind(byte[] bytes) {
        if (bytes.length == 0) return "an empty file";
        if (startsWith(bytes, 0, PngChunk.SIGNATURE)) return "a PNG";
        if (isJpeg(bytes)) return "a JPEG";
        if (isWebp(bytes)) return "a WebP";
        if (startsWith(bytes, 4, latin("ftypavif"))) return "an AVIF";
        if (startsWith(bytes, 4, latin("ftyp"))) return "an HEIC picture or a video";
        for (Map.Entry<String, String> foreign : FOREIGN.entrySet()) {
            if (startsWith(bytes, 0, latin(foreign.getKey()))) return foreign.getValue();
        }
        boolean text = true;
        for (int i = 0; i < Math.min(bytes.length, 512); i++) text &= bytes[i] >= 32 || bytes[i] >= 9 && bytes[i] <= 13;
        return text ? "text" : "bytes of no known picture format";
    }

    private static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
