package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.JpegLoss;

/**
 * Through a JPEG file.
 *
 * @param least the poorest quality, 1 to 95, as libjpeg counts it; the best is 95
 */
public record Jpeg(int least) implements Change {
    private static final int BEST = 95;

    public Jpeg {
        if (least < 1 || least > BEST) {
            throw new IllegalArgumentException("expected a poorest JPEG quality of 1 to " + BEST + ", got " + least);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        return new JpegLoss(least + draws.below(BEST - least + 1)).apply(image);
    }
}
