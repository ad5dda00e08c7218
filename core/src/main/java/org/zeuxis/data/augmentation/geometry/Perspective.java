package org.zeuxis.data.augmentation.geometry;

import org.zeuxis.data.Draws;
import org.zeuxis.data.augmentation.Change;
import org.zeuxis.image.Image;

/**
 * Seen askance: each corner is moved inwards by itself; where nothing was, there is the border's colour.
 *
 * @param most how far at most, as a share of the side, above 0 and under a half
 */
public record Perspective(double most) implements Change {
    public Perspective {
        if (!(most > 0 && most < 0.5)) {
            throw new IllegalArgumentException("expected a perspective of above 0 and under 0.5, got " + most);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        double[] x = new double[4];
        double[] y = new double[4];
        for (int i = 0; i < 4; i++) {
            double across = draws.between(0, most);
            double down = draws.between(0, most);
            x[i] = image.width() * (i == 0 || i == 3 ? across : 1 - across);
            y[i] = image.height() * (i < 2 ? down : 1 - down);
        }
        return Projection.from(x, y, image.width(), image.height()).apply(image);
    }

    @Override
    public boolean moves() {
        return true;
    }
}
