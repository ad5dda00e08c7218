package org.zeuxis.data.augmentation;

import org.zeuxis.image.Image;

/** Brightness, by ITU-R 601-2. */
final class Luma {
    private Luma() {}

    /** 0 to 255. */
    static int of(int red, int green, int blue) {
        return red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16;
    }

    /** Of every pixel, row by row. */
    static int[] of(Image image) {
        int[] all = new int[image.width() * image.height()];
        byte[] samples = image.samples();
        for (int i = 0; i < all.length; i++) {
            all[i] = of(samples[3 * i] & 255, samples[3 * i + 1] & 255, samples[3 * i + 2] & 255);
        }
        return all;
    }
}
