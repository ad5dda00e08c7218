package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;

/**
 * Gaussian noise on every sample.
 *
 * @param most its largest deviation, where white is 1
 */
public record Noise(double most) implements Change {
    private static final int BITS = 12;
    /** A standard normal distribution's values at the middles of 4,096 equal shares. */
    private static final float[] NORMAL = normal();

    public Noise {
        if (!(most > 0 && most <= 1)) {
            throw new IllegalArgumentException("expected noise of a deviation above 0 up to 1, got " + most);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        float deviation = (float) (255 * draws.between(0.1 * most, most));
        byte[] samples = image.samples().clone();
        long bits = 0;
        int left = 0;
        for (int i = 0; i < samples.length; i++) {
            if (left == 0) {
                bits = draws.nextLong();
                left = Long.SIZE / BITS;
            }
            float noise = NORMAL[(int) (bits & (1 << BITS) - 1)] * deviation;
            bits >>>= BITS;
            left--;
            samples[i] = (byte) Math.max(0, Math.min(255, Math.round((samples[i] & 255) + noise)));
        }
        return new Image(image.width(), image.height(), image.channels(), samples);
    }

    /** By adding up the density until each share's middle is reached. */
    private static float[] normal() {
        float[] values = new float[1 << BITS];
        double step = 1e-4;
        double x = -5;
        double below = 0;
        for (int i = 0; i < values.length; i++) {
            double middle = (i + 0.5) / values.length;
            while (below < middle) {
                below += step * Math.exp(-(x + step / 2) * (x + step / 2) / 2) / Math.sqrt(2 * Math.PI);
                x += step;
            }
            values[i] = (float) x;
        }
        return values;
    }
}
