package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.ColorWords;
import org.zeuxis.image.Enhancement;
import org.zeuxis.image.Image;

/** Without colour, but where the caption names one. */
public record Gray() implements Change {
    @Override
    public Image apply(Image image, Draws draws) {
        return Enhancement.GRAY.apply(image);
    }

    @Override
    public boolean keeps(String caption) {
        return !ColorWords.in(caption);
    }
}
