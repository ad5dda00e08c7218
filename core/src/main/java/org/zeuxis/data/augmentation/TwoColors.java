package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;
import org.zeuxis.image.Luma;

/**
 * An ink and a paper that can be told apart by their brightness.
 *
 * @param ink red, green, blue, 0 to 255
 * @param paper the same
 */
record TwoColors(int[] ink, int[] paper) {
    /** Of 255: what keeps thin strokes readable. */
    private static final int LEAST_CONTRAST = 90;

    private static final double REVERSED = 0.25;

    /** Nearly black on nearly white, or every fourth time the reverse. */
    static TwoColors plain(Draws draws) {
        int dark = draws.below(60);
        int light = 255 - draws.below(25);
        return new TwoColors(new int[] {dark, dark, dark}, new int[] {light, light, light}).sometimesReversed(draws);
    }

    /** Any two colours, mostly the darker one for the ink. */
    static TwoColors any(Draws draws) {
        int[] one = color(draws);
        int[] two = color(draws);
        while (Math.abs(luma(one) - luma(two)) < LEAST_CONTRAST) two = color(draws);
        TwoColors both = luma(one) < luma(two) ? new TwoColors(one, two) : new TwoColors(two, one);
        return both.sometimesReversed(draws);
    }

    private TwoColors sometimesReversed(Draws draws) {
        return draws.chance(REVERSED) ? new TwoColors(paper, ink) : this;
    }

    private static int[] color(Draws draws) {
        return new int[] {draws.below(256), draws.below(256), draws.below(256)};
    }

    private static int luma(int[] color) {
        return Luma.of(color[0], color[1], color[2]);
    }

    /** @param inks how much ink there is on each pixel, 0 to 255, row by row */
    Image paint(int width, int height, int[] inks) {
        byte[] samples = new byte[width * height * 3];
        for (int i = 0; i < inks.length; i++) {
            for (int c = 0; c < 3; c++) {
                samples[3 * i + c] = (byte) ((ink[c] * inks[i] + paper[c] * (255 - inks[i]) + 127) / 255);
            }
        }
        return new Image(width, height, 3, samples);
    }
}
