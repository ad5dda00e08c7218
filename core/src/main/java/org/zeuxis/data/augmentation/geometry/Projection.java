package org.zeuxis.data.augmentation.geometry;

import org.zeuxis.image.Border;
import org.zeuxis.image.Image;

/**
 * Where each point of a new picture is seen in the old one: {@code ((ax + by + c) / w, (dx + ey + f) / w)} with
 * {@code w = gx + hy + 1}, in pixels from the top left corner; between pixels bilinear, and beyond them the border's colour.
 */
public record Projection(double a, double b, double c, double d, double e, double f, double g, double h) {

    /**
     * The one that shows the whole old picture in a quadrilateral.
     *
     * @param x of its corners, clockwise from the top left
     * @param y of the same
     * @see <a href="https://www2.eecs.berkeley.edu/Pubs/TechRpts/1989/CSD-89-516.pdf">Heckbert (1989)</a>, section 2.2.3
     */
    public static Projection from(double[] x, double[] y, double width, double height) {
        double dx1 = x[1] - x[2];
        double dx2 = x[3] - x[2];
        double dy1 = y[1] - y[2];
        double dy2 = y[3] - y[2];
        double sx = x[0] - x[1] + x[2] - x[3];
        double sy = y[0] - y[1] + y[2] - y[3];
        double area = dx1 * dy2 - dx2 * dy1;
        double g = (sx * dy2 - dx2 * sy) / area;
        double h = (dx1 * sy - sx * dy1) / area;
        double a = x[1] - x[0] + g * x[1];
        double b = x[3] - x[0] + h * x[3];
        double d = y[1] - y[0] + g * y[1];
        double e = y[3] - y[0] + h * y[3];
        // which takes the unit square there; its adjugate takes it back
        double one = a * e - b * d;
        return new Projection(
                width * (e - y[0] * h) / one,
                width * (x[0] * h - b) / one,
                width * (b * y[0] - x[0] * e) / one,
                height * (y[0] * g - d) / one,
                height * (a - x[0] * g) / one,
                height * (x[0] * d - a * y[0]) / one,
                (d * h - e * g) / one,
                (b * g - a * h) / one);
    }

    public Image apply(Image image) {
        int width = image.width();
        int height = image.height();
        int[] ground = Border.color(image);
        byte[] to = new byte[image.samples().length];
        int at = 0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                double x = column + 0.5;
                double y = row + 0.5;
                double w = g * x + h * y + 1;
                double seenX = (a * x + b * y + c) / w - 0.5;
                double seenY = (d * x + e * y + f) / w - 0.5;
                int left = (int) Math.floor(seenX);
                int top = (int) Math.floor(seenY);
                float right = (float) (seenX - left);
                float down = (float) (seenY - top);
                for (int channel = 0; channel < 3; channel++) {
                    int upperLeft = sample(image, left, top, channel, ground);
                    int upperRight = sample(image, left + 1, top, channel, ground);
                    int lowerLeft = sample(image, left, top + 1, channel, ground);
                    int lowerRight = sample(image, left + 1, top + 1, channel, ground);
                    float upper = upperLeft + right * (upperRight - upperLeft);
                    float lower = lowerLeft + right * (lowerRight - lowerLeft);
                    to[at++] = (byte) (upper + down * (lower - upper) + 0.5f);
                }
            }
        }
        return new Image(width, height, 3, to);
    }

    private static int sample(Image image, int x, int y, int channel, int[] ground) {
        boolean inside = x >= 0 && y >= 0 && x < image.width() && y < image.height();
        return inside ? image.sample(x, y, channel) : ground[channel];
    }
}
