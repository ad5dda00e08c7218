package org.zeuxis.eval;

import java.util.Arrays;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.JpegLoss;

/**
 * A picture in another manner that shows the same thing. The same picture always becomes the same; all but the first lay
 * transparency over white.
 *
 * @see <a href="https://arxiv.org/abs/1903.12261">Hendrycks and Dietterich (2019)</a>, from whom the noise is, of the
 *     third of five severities
 */
public enum Shift implements UnaryOperator<Image> {
    /** Itself. */
    AS_DRAWN("as drawn"),
    /** Dark where brightness changes, white elsewhere. */
    LINES("lines"),
    /** Brightness without colour. */
    GREY("grey"),
    /** A Gaussian blur of 3 pixels in 224. */
    BLURRED("blurred"),
    /** Gaussian noise on every sample, of deviation 0.18 where white is 1. */
    NOISY("noisy"),
    /** A twelfth of a turn to the right about the middle, white where nothing was. */
    ROTATED("rotated"),
    /** Through a JPEG file of quality 10 of 100. */
    JPEG("JPEG 10");

    private static final int WHITE = 255;
    private static final double NOISE = 0.18 * WHITE;
    private static final double BLUR = 3 / 224.0;
    private static final double TURN = Math.PI / 6;
    private static final int QUALITY = 10;

    private final String title;

    Shift(String title) {
        this.title = title;
    }

    /** What it is called in a table. */
    public String title() {
        return title;
    }

    @Override
    public Image apply(Image image) {
        if (this == AS_DRAWN) return image;
        Image opaque = image.over(WHITE, WHITE, WHITE);
        return switch (this) {
            case LINES -> lines(opaque);
            case GREY -> painted(opaque, (x, y, channel) -> luma(opaque, x, y));
            case BLURRED -> blurred(opaque);
            case NOISY -> noisy(opaque);
            case ROTATED -> rotated(opaque);
            case JPEG -> new JpegLoss(QUALITY).apply(opaque);
            default -> opaque;
        };
    }

    @FunctionalInterface
    private interface Brush {
        double sample(int x, int y, int channel);
    }

    private static Image painted(Image like, Brush brush) {
        byte[] samples = new byte[like.width() * like.height() * 3];
        int at = 0;
        for (int y = 0; y < like.height(); y++) {
            for (int x = 0; x < like.width(); x++) {
                for (int channel = 0; channel < 3; channel++) {
                    samples[at++] = (byte) Math.max(0, Math.min(WHITE, Math.round(brush.sample(x, y, channel))));
                }
            }
        }
        return new Image(like.width(), like.height(), 3, samples);
    }

    /** ITU-R 601-2, as Pillow makes grey of colour. */
    private static double luma(Image image, int x, int y) {
        return 0.299 * image.sample(x, y, 0) + 0.587 * image.sample(x, y, 1) + 0.114 * image.sample(x, y, 2);
    }

    /** Sobel's operator; half a step from black to white is as dark as it gets. */
    private static Image lines(Image image) {
        Brush luma = (x, y, channel) -> luma(image, within(x, image.width()), within(y, image.height()));
        return painted(image, (x, y, channel) -> {
            double across = 0;
            double down = 0;
            for (int i = -1; i <= 1; i++) {
                int weight = 2 - Math.abs(i);
                across += weight * (luma.sample(x + 1, y + i, 0) - luma.sample(x - 1, y + i, 0));
                down += weight * (luma.sample(x + i, y + 1, 0) - luma.sample(x + i, y - 1, 0));
            }
            return WHITE - Math.hypot(across, down) / 2;
        });
    }

    private static Image blurred(Image image) {
        double deviation = BLUR * Math.min(image.width(), image.height());
        int reach = Math.max(1, (int) Math.ceil(3 * deviation));
        double[] weights = new double[2 * reach + 1];
        for (int i = -reach; i <= reach; i++) weights[i + reach] = Math.exp(-i * i / (2 * deviation * deviation));
        double total = Arrays.stream(weights).sum();
        Image rows = painted(image, (x, y, channel) -> {
            double sum = 0;
            for (int i = -reach; i <= reach; i++) {
                sum += weights[i + reach] * image.sample(within(x + i, image.width()), y, channel);
            }
            return sum / total;
        });
        return painted(rows, (x, y, channel) -> {
            double sum = 0;
            for (int i = -reach; i <= reach; i++) {
                sum += weights[i + reach] * rows.sample(x, within(y + i, rows.height()), channel);
            }
            return sum / total;
        });
    }

    private static Image noisy(Image image) {
        Random random = new Random(Arrays.hashCode(image.samples()));
        return painted(image, (x, y, channel) -> image.sample(x, y, channel) + NOISE * random.nextGaussian());
    }

    private static Image rotated(Image image) {
        double middleX = (image.width() - 1) / 2.0;
        double middleY = (image.height() - 1) / 2.0;
        double cos = Math.cos(TURN);
        double sin = Math.sin(TURN);
        return painted(image, (x, y, channel) -> {
            double fromX = middleX + cos * (x - middleX) + sin * (y - middleY);
            double fromY = middleY - sin * (x - middleX) + cos * (y - middleY);
            int left = (int) Math.floor(fromX);
            int top = (int) Math.floor(fromY);
            double upper =
                    between(fromX - left, orWhite(image, left, top, channel), orWhite(image, left + 1, top, channel));
            double lower = between(
                    fromX - left, orWhite(image, left, top + 1, channel), orWhite(image, left + 1, top + 1, channel));
            return between(fromY - top, upper, lower);
        });
    }

    private static double between(double share, double a, double b) {
        return a + share * (b - a);
    }

    /** The sample, or white beyond the edge. */
    private static double orWhite(Image image, int x, int y, int channel) {
        boolean inside = x >= 0 && y >= 0 && x < image.width() && y < image.height();
        return inside ? image.sample(x, y, channel) : WHITE;
    }

    private static int within(int place, int size) {
        return Math.max(0, Math.min(size - 1, place));
    }
}
