package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;
import org.zeuxis.image.Resize;

/**
 * Large pixels, each of the colour that was there on average.
 *
 * @param fewest pixels along a side, at least 4; the most are two thirds of the picture's
 */
public record Pixelate(int fewest) implements Change {
    public Pixelate {
        if (fewest < 4) throw new IllegalArgumentException("expected at least 4 pixels along a side, got " + fewest);
    }

    @Override
    public Image apply(Image image, Draws draws) {
        int side = Math.min(image.width(), image.height());
        int count = Math.min(side, fewest + draws.below(Math.max(1, side * 2 / 3 - fewest + 1)));
        Image small = new Resize(count, count, Resize.Filter.BOX).apply(image);
        byte[] samples = new byte[image.samples().length];
        int at = 0;
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                int from = (y * count / image.height() * count + x * count / image.width()) * 3;
                for (int c = 0; c < 3; c++) samples[at++] = small.samples()[from + c];
            }
        }
        return new Image(image.width(), image.height(), 3, samples);
    }
}
