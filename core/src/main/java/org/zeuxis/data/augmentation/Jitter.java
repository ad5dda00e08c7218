package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Enhancement;
import org.zeuxis.image.Image;

/**
 * More or less brightness, contrast and saturation.
 *
 * @param most how far each may be from 1, at most 1
 */
public record Jitter(double most) implements Change {
    public Jitter {
        if (!(most >= 0 && most <= 1)) throw new IllegalArgumentException("expected a jitter of 0 to 1, got " + most);
    }

    @Override
    public Image apply(Image image, Draws draws) {
        return new Enhancement(factor(draws), factor(draws), factor(draws)).apply(image);
    }

    private float factor(Draws draws) {
        return (float) draws.between(1 - most, 1 + most);
    }
}
