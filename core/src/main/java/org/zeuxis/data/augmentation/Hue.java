package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.ColorWords;
import org.zeuxis.image.HueShift;
import org.zeuxis.image.Image;

/**
 * All colours turned around the circle of hues, but where the caption names one.
 *
 * @param most how far either way, in turns, at most a half
 */
public record Hue(double most) implements Change {
    public Hue {
        if (!(most >= 0 && most <= 0.5)) {
            throw new IllegalArgumentException("expected a hue of 0 to 0.5 turns, got " + most);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        return new HueShift(draws.between(-most, most)).apply(image);
    }

    @Override
    public boolean keeps(String caption) {
        return !ColorWords.in(caption);
    }
}
