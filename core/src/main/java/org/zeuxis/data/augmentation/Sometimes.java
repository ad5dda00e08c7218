package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;

/**
 * A change to some pictures; the others are left as they are, to the byte.
 *
 * @param share of the pictures that are changed, of those whose captions stay true
 */
public record Sometimes(double share, Change change) {
    public Sometimes {
        if (!(share >= 0 && share <= 1)) {
            throw new IllegalArgumentException("expected a share of 0 to 1 of the pictures, got " + share);
        }
    }

    Image apply(Image image, String caption, Draws draws) {
        return draws.chance(share) && change.keeps(caption) ? change.apply(image, draws) : image;
    }
}
