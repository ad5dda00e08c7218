package org.zeuxis.data.pictogram.scene;

import org.zeuxis.data.pictogram.Background;
import org.zeuxis.image.Image;

/** A picture that drawings are pasted onto. */
final class Canvas {
    private final int size;
    private final byte[] samples; // [size, size, 3]

    Canvas(int size, Background background) {
        this.size = size;
        samples = new byte[size * size * 3];
        for (int i = 0; i < samples.length; i += 3) set(i, background);
    }

    /** Pastes a drawing, shrunk or stretched to a square by averaging the area below each pixel. */
    void paste(Image drawing, int left, int top, int side) {
        double scaleX = (double) drawing.width() / side;
        double scaleY = (double) drawing.height() / side;
        for (int y = Math.max(0, -top); y < Math.min(side, size - top); y++) {
            for (int x = Math.max(0, -left); x < Math.min(side, size - left); x++) {
                blend(drawing, x * scaleX, y * scaleY, scaleX, scaleY, ((top + y) * size + left + x) * 3);
            }
        }
    }

    /** Fills a disc. */
    void disc(Background color, int left, int top, int side) {
        double radius = side / 2.0;
        for (int y = Math.max(0, top); y < Math.min(size, top + side); y++) {
            for (int x = Math.max(0, left); x < Math.min(size, left + side); x++) {
                if (Math.hypot(x + 0.5 - left - radius, y + 0.5 - top - radius) <= radius)
                    set((y * size + x) * 3, color);
            }
        }
    }

    Image image() {
        return new Image(size, size, 3, samples.clone());
    }

    private void set(int at, Background color) {
        samples[at] = (byte) color.red();
        samples[at + 1] = (byte) color.green();
        samples[at + 2] = (byte) color.blue();
    }

    private void blend(Image drawing, double x0, double y0, double width, double height, int at) {
        double[] color = new double[3];
        double alpha = 0;
        double area = 0;
        for (int y = (int) y0; y < Math.min(drawing.height(), y0 + height); y++) {
            double tall = Math.min(y + 1, y0 + height) - Math.max(y, y0);
            for (int x = (int) x0; x < Math.min(drawing.width(), x0 + width); x++) {
                double weight = tall * (Math.min(x + 1, x0 + width) - Math.max(x, x0));
                double opacity = drawing.channels() == 4 ? drawing.sample(x, y, 3) / 255.0 : 1;
                area += weight;
                alpha += weight * opacity;
                for (int c = 0; c < 3; c++) color[c] += weight * opacity * drawing.sample(x, y, c);
            }
        }
        if (area <= 0) return;
        for (int c = 0; c < 3; c++) {
            double below = (samples[at + c] & 255) * (1 - alpha / area);
            samples[at + c] = (byte) Math.round(below + color[c] / area);
        }
    }
}
