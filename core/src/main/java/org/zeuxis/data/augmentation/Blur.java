package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;

/**
 * A Gaussian blur.
 *
 * @param most its largest deviation, in pixels
 */
public record Blur(double most) implements Change {
    private static final double LEAST = 0.3;
    private static final int ONE = 1 << 14;

    public Blur {
        if (!(most > LEAST && most <= 16)) {
            throw new IllegalArgumentException("expected a blur of above " + LEAST + " up to 16 pixels, got " + most);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        return blurred(image, weights(draws.between(LEAST, most)));
    }

    /** @param weights from the middle outwards, as {@link #rounded} gives them */
    static Image blurred(Image image, int[] weights) {
        int width = image.width();
        int height = image.height();
        byte[] rows = along(image.samples(), width, height, 3, width * 3, weights);
        return new Image(width, height, 3, along(rows, height, width, width * 3, 3, weights));
    }

    /** From the middle outwards, of which all, with both sides, make {@link #ONE}. */
    private static int[] weights(double deviation) {
        double[] bell = new double[(int) Math.ceil(2.5 * deviation) + 1];
        for (int i = 0; i < bell.length; i++) bell[i] = Math.exp(-i * i / (2 * deviation * deviation));
        return rounded(bell);
    }

    /** From the middle outwards, as shares of {@link #ONE}. */
    static int[] rounded(double[] bell) {
        double sum = -bell[0];
        for (double weight : bell) sum += 2 * weight;
        int[] weights = new int[bell.length];
        int sides = 0;
        for (int i = 1; i < bell.length; i++) {
            weights[i] = (int) Math.round(ONE * bell[i] / sum);
            sides += 2 * weights[i];
        }
        weights[0] = ONE - sides;
        return weights;
    }

    /** @param step from one sample of a line to the next, {@code stride} from one line to the next */
    private static byte[] along(byte[] from, int length, int lines, int step, int stride, int[] weights) {
        byte[] to = new byte[from.length];
        int reach = weights.length - 1;
        int[] line = new int[length + 2 * reach];
        for (int l = 0; l < lines; l++) {
            for (int c = 0; c < 3; c++) {
                int start = l * stride + c;
                for (int i = 0; i < line.length; i++) {
                    line[i] = from[start + Math.max(0, Math.min(length - 1, i - reach)) * step] & 255;
                }
                for (int i = 0; i < length; i++) {
                    int sum = ONE / 2 + weights[0] * line[i + reach];
                    for (int k = 1; k <= reach; k++) sum += weights[k] * (line[i + reach - k] + line[i + reach + k]);
                    to[start + i * step] = (byte) (sum / ONE);
                }
            }
        }
        return to;
    }
}
