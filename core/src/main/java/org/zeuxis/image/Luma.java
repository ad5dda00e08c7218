package org.zeuxis.image;

/** Brightness by ITU-R 601-2, in 16-bit fixed point as Pillow makes grey of colour. */
public final class Luma {
    private Luma() {}

    /** 0 to 255, as are its arguments. */
    public static int of(int red, int green, int blue) {
        return red * 19595 + green * 38470 + blue * 7471 + 0x8000 >> 16;
    }

    /** Of the pixel whose samples begin at a place. */
    public static int at(byte[] samples, int at) {
        return of(samples[at] & 255, samples[at + 1] & 255, samples[at + 2] & 255);
    }
}
