package org.zeuxis.image.codec;

import java.awt.AlphaComposite;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.FileImageInputStream;
import org.zeuxis.image.Image;

/**
 * A frame of an animated GIF: a part of the screen, drawn over what earlier frames left there.
 *
 * @param screenWidth of the whole
 * @param screenHeight of the whole
 * @param left where it begins
 * @param top where it begins
 * @param width its own
 * @param height its own
 * @param disposal what becomes of it before the next: {@link #CLEARED}, {@link #UNDONE}, else it stays
 * @see <a href="https://www.w3.org/Graphics/GIF/spec-gif89a.txt">GIF89a</a>, sections 20 and 23
 */
record GifFrame(int screenWidth, int screenHeight, int left, int top, int width, int height, int disposal) {
    private static final int CLEARED = 2;
    private static final int UNDONE = 3;
    private static final int PIXEL_BYTES = 12; // of the screen, of what it was, and of a frame

    private static final int IMAGE = 0x2c;
    private static final int EXTENSION = 0x21;
    private static final int CONTROL = 0xf9;

    /**
     * All that a file has, or one more than {@code most}; of a file that is cut off, those that began.
     *
     * @param bytes its size
     * @throws IOException if one claims more pixels than so many bytes are likely to hold, in one line
     */
    static List<GifFrame> all(Path file, long bytes, int most) throws IOException {
        List<GifFrame> all = new ArrayList<>();
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
            in.skipNBytes(6);
            int screenWidth = number(in);
            int screenHeight = number(in);
            skipTable(in, in.readUnsignedByte(), 2);
            int disposal = 0;
            while (all.size() <= most) {
                int block = in.read();
                if (block == EXTENSION) {
                    if (in.readUnsignedByte() == CONTROL) {
                        int size = in.readUnsignedByte();
                        if (size > 0) disposal = in.readUnsignedByte() >> 2 & 7;
                        in.skipNBytes(Math.max(0, size - 1));
                    }
                } else if (block == IMAGE) {
                    int left = number(in);
                    int top = number(in);
                    int width = number(in);
                    int height = number(in);
                    expectRoom(file, bytes, Math.max(width, screenWidth), Math.max(height, screenHeight));
                    all.add(new GifFrame(screenWidth, screenHeight, left, top, width, height, disposal));
                    disposal = 0;
                    skipTable(in, in.readUnsignedByte(), 0);
                    in.skipNBytes(1);
                } else {
                    break;
                }
                for (int size = in.readUnsignedByte(); size > 0; size = in.readUnsignedByte()) in.skipNBytes(size);
            }
        } catch (EOFException e) {
            return all; // whether the last is whole is seen when it is decoded
        }
        return all;
    }

    private static void expectRoom(Path file, long bytes, int width, int height) throws IOException {
        ImageFile.expectSize(file.toString(), width, height, ImageFile.MAX_PIXELS);
        ImageFile.expectRoom(file.toString(), bytes, width, height, PIXEL_BYTES);
    }

    /** Skips the rest of a header that ends with these flags, and the table of colours that they tell of. */
    private static void skipTable(DataInputStream in, int flags, int rest) throws IOException {
        in.skipNBytes(rest + ((flags & 0x80) == 0 ? 0 : 3L << ((flags & 7) + 1)));
    }

    private static int number(DataInputStream in) throws IOException {
        return in.readUnsignedByte() | in.readUnsignedByte() << 8;
    }

    /**
     * The screen as it is with some of the frames.
     *
     * @param seen their numbers, in order
     */
    static List<Image> decode(Path file, List<GifFrame> frames, int[] seen) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReadersByFormatName("gif");
        if (!readers.hasNext())
            throw new IllegalStateException("expected a Java runtime that reads GIF (module java.desktop)");
        GifFrame first = frames.get(0);
        // a screen of no size is as large as the first frame
        int width = first.screenWidth == 0 ? first.width : first.screenWidth;
        int height = first.screenHeight == 0 ? first.height : first.screenHeight;
        VideoFile.expectPixels(file, (long) seen.length * width * height);
        ImageReader reader = readers.next();
        try (FileImageInputStream in = new FileImageInputStream(file.toFile())) {
            reader.setInput(in, true, true);
            return composed(reader, frames, seen, new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB));
        } catch (IOException | RuntimeException e) {
            throw new IOException(
                    file + ": expected a whole, sound animation, but it cannot be decoded (" + e.getMessage()
                            + "); fetch it again",
                    e);
        } finally {
            reader.dispose();
        }
    }

    private static List<Image> composed(ImageReader reader, List<GifFrame> frames, int[] seen, BufferedImage screen)
            throws IOException {
        List<Image> all = new ArrayList<>();
        for (int i = 0; all.size() < seen.length; i++) {
            GifFrame frame = frames.get(i);
            int[] before = frame.disposal == UNDONE ? pixels(screen) : new int[0];
            Graphics2D graphics = screen.createGraphics();
            graphics.drawImage(reader.read(i), frame.left, frame.top, null);
            if (seen[all.size()] == i) all.add(image(screen));
            if (frame.disposal == CLEARED) {
                graphics.setComposite(AlphaComposite.Clear);
                graphics.fillRect(frame.left, frame.top, frame.width, frame.height);
            }
            graphics.dispose();
            if (frame.disposal == UNDONE) {
                screen.setRGB(0, 0, screen.getWidth(), screen.getHeight(), before, 0, screen.getWidth());
            }
        }
        return all;
    }

    private static int[] pixels(BufferedImage screen) {
        return screen.getRGB(0, 0, screen.getWidth(), screen.getHeight(), null, 0, screen.getWidth());
    }

    /** With an alpha channel only where something shows through. */
    private static Image image(BufferedImage screen) {
        Image image = Image.of(screen);
        byte[] samples = image.samples();
        for (int i = 3; i < samples.length; i += 4) if (samples[i] != -1) return image;
        return image.over(0, 0, 0);
    }
}
