package org.zeuxis.image;

import java.awt.image.BufferedImage;

/**
 * A picture in memory: 8-bit samples, row by row, channels interleaved.
 *
 * <p>Three channels are RGB, four are RGB with straight (not premultiplied) alpha.
 */
public final class Image {
    private final int width;
    private final int height;
    private final int channels;
    private final byte[] samples; // [height, width, channels]

    /** @throws IllegalArgumentException if the number of samples is not {@code width * height * channels} */
    public Image(int width, int height, int channels, byte[] samples) {
        if (width < 1 || height < 1 || channels != 3 && channels != 4) {
            throw new IllegalArgumentException("expected a picture of at least 1x1 with 3 or 4 channels, got " + width
                    + "x" + height + " with " + channels);
        }
        if (samples.length != Math.multiplyExact(Math.multiplyExact(width, height), channels)) {
            throw new IllegalArgumentException(
                    "expected " + width + "x" + height + "x" + channels + " samples, got " + samples.length);
        }
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.samples = samples;
    }

    /** Copies a Java2D picture; it keeps its alpha channel if it has one. */
    public static Image of(BufferedImage picture) {
        int width = picture.getWidth();
        int height = picture.getHeight();
        int channels = picture.getColorModel().hasAlpha() ? 4 : 3;
        byte[] samples = new byte[width * height * channels];
        int[] row = new int[width];
        int at = 0;
        boolean grey = picture.getType() == BufferedImage.TYPE_BYTE_GRAY; // whose getRGB would brighten it
        for (int y = 0; y < height; y++) {
            if (grey) {
                picture.getRaster().getPixels(0, y, width, 1, row);
                for (int x = 0; x < width; x++) row[x] *= 0x010101;
            } else {
                picture.getRGB(0, y, width, 1, row, 0, width);
            }
            for (int argb : row) {
                samples[at++] = (byte) (argb >> 16);
                samples[at++] = (byte) (argb >> 8);
                samples[at++] = (byte) argb;
                if (channels == 4) samples[at++] = (byte) (argb >> 24);
            }
        }
        return new Image(width, height, channels, samples);
    }

    /** This picture for Java2D. */
    public BufferedImage toBufferedImage() {
        int type = channels == 4 ? BufferedImage.TYPE_INT_ARGB : BufferedImage.TYPE_INT_RGB;
        BufferedImage picture = new BufferedImage(width, height, type);
        int[] row = new int[width];
        int at = 0;
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int rgb = (samples[at] & 255) << 16 | (samples[at + 1] & 255) << 8 | samples[at + 2] & 255;
                row[x] = channels == 4 ? (samples[at + 3] & 255) << 24 | rgb : rgb;
                at += channels;
            }
            picture.setRGB(0, y, width, 1, row, 0, width);
        }
        return picture;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    public int channels() {
        return channels;
    }

    /** The samples themselves, [height, width, channels]; not to be changed. */
    public byte[] samples() {
        return samples;
    }

    /** One sample, 0 to 255. */
    public int sample(int x, int y, int channel) {
        return samples[(y * width + x) * channels + channel] & 255;
    }

    /** This picture laid over an opaque background; without an alpha channel, this picture itself. */
    public Image over(int red, int green, int blue) {
        if (channels == 3) return this;
        int[] background = {red, green, blue};
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++) {
            int alpha = samples[4 * i + 3] & 255;
            for (int c = 0; c < 3; c++) {
                int mixed = (samples[4 * i + c] & 255) * alpha + background[c] * (255 - alpha);
                rgb[3 * i + c] = (byte) ((mixed + 127) / 255);
            }
        }
        return new Image(width, height, 3, rgb);
    }

    /** This picture as a mirror shows it, left and right exchanged. */
    public Image mirrored() {
        byte[] to = new byte[samples.length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int target = (y * width + width - 1 - x) * channels;
                System.arraycopy(samples, (y * width + x) * channels, to, target, channels);
            }
        }
        return new Image(width, height, channels, to);
    }
}
