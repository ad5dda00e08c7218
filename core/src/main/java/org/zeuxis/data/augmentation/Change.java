package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;

/** A random change to a picture that leaves what it shows; a pure function of the draws. */
public interface Change {
    /** @param image [height, width, 3] */
    Image apply(Image image, Draws draws);

    /** Whether a caption that was true before is true afterwards. */
    default boolean keeps(String caption) {
        return true;
    }

    /** Whether things are elsewhere afterwards, or turned. */
    default boolean moves() {
        return false;
    }
}
