package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;

/**
 * A Gaussian blur of always the same strength that reaches one pixel far.
 *
 * @param deviation of the bell, in pixels
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, appendix C: kernel size 3, sigma 0.6
 */
public record ThreeTapBlur(double deviation) implements Change {
    public ThreeTapBlur {
        if (!(deviation > 0 && deviation <= 16)) {
            throw new IllegalArgumentException("expected a blur of above 0 up to 16 pixels, got " + deviation);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        double side = Math.exp(-1 / (2 * deviation * deviation));
        int[] weights = Blur.rounded(new double[] {1, side});
        return Blur.blurred(image, weights);
    }
}
