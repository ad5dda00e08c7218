package org.zeuxis.data.pictogram.scene;

import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Border;
import org.zeuxis.image.Image;

/** A drawing without the paper it stands on: whatever of the paper's colour the border reaches becomes transparent. */
final class Cutout {
    /** How far a sample of the paper may be from its colour, for JPEG's sake. */
    private static final int NEAR = 24;
    /** From here on a pixel is all ink; between, as at smoothed edges, it is partly transparent. */
    private static final int FAR = 96;
    /** The share of the border that must be paper. */
    private static final double CLEAR = 0.75;

    private final Image image;
    private final int[] paper; // red, green, blue
    private final boolean[] clear;
    private final int[] stack;
    private int waiting;

    private Cutout(Image image) {
        this.image = image;
        this.clear = new boolean[image.width() * image.height()];
        this.stack = new int[clear.length];
        this.paper = Border.color(image);
    }

    /** The drawing alone; itself if it has transparency; null if it fills its picture. */
    static @Nullable Image of(Image image) {
        if (image.channels() == 4 && transparent(image)) return image;
        Image opaque = image.over(255, 255, 255);
        Cutout cutout = new Cutout(opaque);
        return cutout.borderIsPaper() ? cutout.cut() : null;
    }

    private static boolean transparent(Image image) {
        byte[] samples = image.samples();
        for (int i = 3; i < samples.length; i += 4) if (samples[i] == 0) return true;
        return false;
    }

    /** Starts from all paper along the border; whether that is enough of it. */
    private boolean borderIsPaper() {
        int width = image.width();
        int height = image.height();
        int all = 0;
        for (int i = 0; i < clear.length; i++) {
            int x = i % width;
            int y = i / width;
            if (x > 0 && x < width - 1 && y > 0 && y < height - 1) continue;
            all++;
            reach(i);
        }
        return waiting >= CLEAR * all;
    }

    private Image cut() {
        int width = image.width();
        while (waiting > 0) {
            int i = stack[--waiting];
            int x = i % width;
            if (x > 0) reach(i - 1);
            if (x < width - 1) reach(i + 1);
            if (i >= width) reach(i - width);
            if (i + width < clear.length) reach(i + width);
        }
        byte[] rgba = new byte[clear.length * 4];
        for (int i = 0; i < clear.length; i++) {
            int opacity = clear[i] ? 0 : edge(i) ? Math.min(255, distance(i) * 255 / FAR) : 255;
            for (int c = 0; c < 3; c++) rgba[4 * i + c] = ink(i, c, opacity);
            rgba[4 * i + 3] = (byte) opacity;
        }
        return new Image(width, image.height(), 4, rgba);
    }

    private void reach(int i) {
        if (clear[i] || distance(i) > NEAR) return;
        clear[i] = true;
        stack[waiting++] = i;
    }

    private boolean edge(int i) {
        int width = image.width();
        int x = i % width;
        return x > 0 && clear[i - 1]
                || x < width - 1 && clear[i + 1]
                || i >= width && clear[i - width]
                || i + width < clear.length && clear[i + width];
    }

    /** The colour that, laid over the paper at this opacity, gives what is seen. */
    private byte ink(int i, int channel, int opacity) {
        if (opacity == 0) return 0;
        int seen = image.samples()[3 * i + channel] & 255;
        int under = paper[channel];
        return (byte) Math.max(0, Math.min(255, under + (seen - under) * 255 / opacity));
    }

    private int distance(int i) {
        int most = 0;
        for (int c = 0; c < 3; c++) {
            int seen = image.samples()[3 * i + c] & 255;
            most = Math.max(most, Math.abs(seen - paper[c]));
        }
        return most;
    }
}
