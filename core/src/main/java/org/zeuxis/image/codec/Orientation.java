package org.zeuxis.image.codec;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.zeuxis.image.Image;

/**
 * How a camera was held, as EXIF counts it: 1 is upright, 2 to 8 are its mirrorings and turns.
 *
 * @param number 1 to 8
 */
record Orientation(int number) {
    static final Orientation UPRIGHT = new Orientation(1);
    private static final int TAG = 0x0112;

    /** Reads the orientation of TIFF-formed EXIF data; upright if they do not say or make no sense. */
    static Orientation ofTiff(ByteBuffer exif) {
        ByteBuffer tiff = exif.slice();
        if (tiff.remaining() >= 6 && tiff.get(0) == 'E' && tiff.get(1) == 'x')
            tiff = tiff.position(6).slice();
        if (tiff.remaining() < 8) return UPRIGHT;
        tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        int directory = tiff.getInt(4);
        if (directory < 8 || directory > tiff.limit() - 2) return UPRIGHT;
        int entries = tiff.getShort(directory) & 0xffff;
        for (int i = 0; i < entries; i++) {
            int at = directory + 2 + 12 * i;
            if (at > tiff.limit() - 12) break;
            if ((tiff.getShort(at) & 0xffff) != TAG) continue;
            int number = tiff.getShort(at + 8);
            return number >= 1 && number <= 8 ? new Orientation(number) : UPRIGHT;
        }
        return UPRIGHT;
    }

    /** The picture as it was seen. */
    Image upright(Image stored) {
        if (number == 1) return stored;
        int w = stored.width();
        int h = stored.height();
        int channels = stored.channels();
        boolean turned = number >= 5;
        int width = turned ? h : w;
        int height = turned ? w : h;
        byte[] samples = new byte[stored.samples().length];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int fromX = turned ? y : x;
                int fromY = turned ? x : y;
                if (number == 2 || number == 3 || number == 7 || number == 8) fromX = w - 1 - fromX;
                if (number == 3 || number == 4 || number == 6 || number == 7) fromY = h - 1 - fromY;
                int from = (fromY * w + fromX) * channels;
                System.arraycopy(stored.samples(), from, samples, (y * width + x) * channels, channels);
            }
        }
        return new Image(width, height, channels, samples);
    }
}
