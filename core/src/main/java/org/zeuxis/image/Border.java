package org.zeuxis.image;

import java.util.Arrays;

/** The colour that a drawing stands on. */
public final class Border {
    private Border() {}

    /** Of each channel the median along the picture's border. */
    public static int[] color(Image image) {
        int width = image.width();
        int height = image.height();
        int[] color = new int[3];
        int[] along = new int[2 * (width + height)];
        for (int c = 0; c < 3; c++) {
            int at = 0;
            for (int x = 0; x < width; x++) {
                along[at++] = image.sample(x, 0, c);
                along[at++] = image.sample(x, height - 1, c);
            }
            for (int y = 0; y < height; y++) {
                along[at++] = image.sample(0, y, c);
                along[at++] = image.sample(width - 1, y, c);
            }
            Arrays.sort(along);
            color[c] = along[along.length / 2];
        }
        return color;
    }
}
