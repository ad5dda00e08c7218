package org.zeuxis.data.augmentation.geometry;

import org.zeuxis.data.Draws;
import org.zeuxis.data.augmentation.Change;
import org.zeuxis.image.Image;

/**
 * Turned about the middle; where nothing was, there is the border's colour.
 *
 * @param most how far either way, in degrees, above 0 up to 180
 */
public record Rotate(double most) implements Change {
    public Rotate {
        if (!(most > 0 && most <= 180)) {
            throw new IllegalArgumentException("expected a rotation of above 0 up to 180 degrees, got " + most);
        }
    }

    @Override
    public Image apply(Image image, Draws draws) {
        double turn = Math.toRadians(draws.between(-most, most));
        double cos = Math.cos(turn);
        double sin = Math.sin(turn);
        double x = image.width() / 2.0;
        double y = image.height() / 2.0;
        return new Projection(cos, sin, x - cos * x - sin * y, -sin, cos, y + sin * x - cos * y, 0, 0).apply(image);
    }

    @Override
    public boolean moves() {
        return true;
    }
}
