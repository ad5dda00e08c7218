package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.ColorWords;
import org.zeuxis.image.Image;

/**
 * The drawing as lines where its colours change: thin or thick, faint or hard, mostly dark on light paper, sometimes the
 * reverse or in two other colours; but where the caption names a colour.
 */
public record Edges() implements Change {
    private static final double PLAIN = 0.6;
    private static final double HARD = 0.5;

    @Override
    public Image apply(Image image, Draws draws) {
        int width = image.width();
        int height = image.height();
        int strokes = draws.below(3);
        int[] inks = strokes == 0 ? thin(image) : broad(image);
        if (strokes == 2) inks = thickened(inks, width, height);
        double strength = draws.between(0.6, 2);
        boolean hard = draws.chance(HARD);
        for (int i = 0; i < inks.length; i++) inks[i] = inked(inks[i] * strength, hard);
        TwoColors colors = draws.chance(PLAIN) ? TwoColors.plain(draws) : TwoColors.any(draws);
        return colors.paint(width, height, inks);
    }

    @Override
    public boolean keeps(String caption) {
        return !ColorWords.in(caption);
    }

    private static int inked(double change, boolean hard) {
        double ink = hard ? (change - 64) * 4 : change;
        return (int) Math.max(0, Math.min(255, ink));
    }

    /** Roberts' cross: lines of about a pixel; of the three channels, what changes most. */
    private static int[] thin(Image image) {
        int width = image.width();
        int height = image.height();
        byte[] s = image.samples();
        int[] most = new int[width * height];
        for (int y = 0; y < height; y++) {
            int below = Math.min(y + 1, height - 1) * width;
            for (int x = 0; x < width; x++) {
                int right = Math.min(x + 1, width - 1);
                for (int c = 0; c < 3; c++) {
                    int falling = (s[3 * (below + right) + c] & 255) - (s[3 * (y * width + x) + c] & 255);
                    int rising = (s[3 * (below + x) + c] & 255) - (s[3 * (y * width + right) + c] & 255);
                    most[y * width + x] = Math.max(most[y * width + x], length(falling, rising));
                }
            }
        }
        return most;
    }

    /** Sobel's operator: lines of two pixels and more. */
    private static int[] broad(Image image) {
        int width = image.width();
        int height = image.height();
        byte[] s = image.samples();
        int[] most = new int[width * height];
        for (int y = 0; y < height; y++) {
            int above = Math.max(y - 1, 0) * width;
            int here = y * width;
            int below = Math.min(y + 1, height - 1) * width;
            for (int x = 0; x < width; x++) {
                int left = Math.max(x - 1, 0);
                int right = Math.min(x + 1, width - 1);
                for (int c = 0; c < 3; c++) {
                    int falling = (s[3 * (below + right) + c] & 255) - (s[3 * (above + left) + c] & 255);
                    int rising = (s[3 * (below + left) + c] & 255) - (s[3 * (above + right) + c] & 255);
                    int across = falling
                            - rising
                            + 2 * ((s[3 * (here + right) + c] & 255) - (s[3 * (here + left) + c] & 255));
                    int down = falling + rising + 2 * ((s[3 * (below + x) + c] & 255) - (s[3 * (above + x) + c] & 255));
                    most[here + x] = Math.max(most[here + x], length(across, down) / 2);
                }
            }
        }
        return most;
    }

    private static int length(int across, int down) {
        return (int) Math.sqrt(across * across + down * down);
    }

    /** Of each pixel and its eight neighbours the most ink. */
    private static int[] thickened(int[] inks, int width, int height) {
        int[] rows = new int[inks.length];
        for (int i = 0; i < inks.length; i++) {
            int x = i % width;
            rows[i] = Math.max(inks[i], Math.max(x > 0 ? inks[i - 1] : 0, x < width - 1 ? inks[i + 1] : 0));
        }
        int[] all = new int[inks.length];
        for (int i = 0; i < inks.length; i++) {
            int y = i / width;
            all[i] = Math.max(rows[i], Math.max(y > 0 ? rows[i - width] : 0, y < height - 1 ? rows[i + width] : 0));
        }
        return all;
    }
}
