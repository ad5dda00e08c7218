package org.zeuxis.app.search;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/** Reads what {@link ImageFile} reads, and with Java's own readers GIF, of which the first frame counts, and BMP. */
public final class PictureFile {
    /** More than any sound file of {@link ImageFile#MAX_PIXELS} is likely to have. */
    static final long MOST_BYTES = 1L << 29;

    private static final int PIXEL_BYTES = 8; // as Java decodes it, and as samples

    private PictureFile() {}

    /** @throws IOException if there is no such file, or it is no picture, in one line */
    public static Image read(Path file) throws IOException {
        if (Files.isDirectory(file)) throw new IOException(file + ": expected a picture, got a folder");
        if (!Files.exists(file)) throw new IOException(file + ": expected a picture, but there is no such file");
        expectBytes(file.toString(), Files.size(file));
        return decode(Files.readAllBytes(file), file.toString());
    }

    static void expectBytes(String name, long bytes) throws IOException {
        if (bytes <= MOST_BYTES) return;
        throw new IOException(name + ": expected a picture of at most " + (MOST_BYTES >> 20) + " MiB, got "
                + (bytes >> 20) + " MiB; make it smaller");
    }

    /** @throws IOException if it is no picture or a damaged one, whatever the bytes */
    static Image decode(byte[] bytes, String name) throws IOException {
        try {
            if (startsWith(bytes, "GIF8")) return java(bytes, name, "gif");
            if (startsWith(bytes, "BM")) {
                expectBitmap(bytes);
                return java(bytes, name, "bmp");
            }
            return ImageFile.decode(bytes, name, ImageFile.MAX_PIXELS);
        } catch (RuntimeException e) {
            throw damaged(name, e);
        }
    }

    /** Java's reader takes memory for as many bytes and colours as the header tells, and hands a picture in it on. */
    private static void expectBitmap(byte[] bytes) {
        ByteBuffer header = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        long begins = header.getInt(10) & 0xffffffffL;
        boolean whole = begins <= bytes.length;
        if (header.getInt(14) >= 40) {
            whole &= (header.getInt(46) & 0xffffffffL) <= bytes.length && (header.getInt(30) & 0xffffffffL) <= 3;
        }
        if (!whole) throw new IllegalArgumentException("its header is broken");
    }

    private static Image java(byte[] bytes, String name, String format) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName(format);
        if (!readers.hasNext()) {
            throw new IllegalStateException("expected a Java runtime that reads " + format + " (module java.desktop)");
        }
        ImageReader reader = readers.next();
        try (MemoryCacheImageInputStream input = new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes))) {
            reader.setInput(input, true, true);
            long width = reader.getWidth(0);
            long height = reader.getHeight(0);
            if (width < 1 || height < 1 || width * height > ImageFile.MAX_PIXELS) {
                throw new IOException("its header claims " + width + "x" + height);
            }
            ImageFile.expectRoom(name, bytes.length, width, height, PIXEL_BYTES);
            return Image.of(reader.read(0));
        } catch (IOException e) {
            if (String.valueOf(e.getMessage()).startsWith(name + ": expected")) throw e;
            throw damaged(name, e);
        } finally {
            reader.dispose();
        }
    }

    private static IOException damaged(String name, Exception e) {
        return new IOException(
                name + ": expected a whole, sound picture, but it cannot be decoded (" + e.getMessage()
                        + "); fetch it again, or convert it to PNG",
                e);
    }

    private static boolean startsWith(byte[] bytes, String start) {
        byte[] wanted = start.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < wanted.length; i++) if (i >= bytes.length || bytes[i] != wanted[i]) return false;
        return true;
    }
}
