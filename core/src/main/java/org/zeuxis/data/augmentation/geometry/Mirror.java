package org.zeuxis.data.augmentation.geometry;

import java.util.regex.Pattern;
import org.zeuxis.data.Draws;
import org.zeuxis.data.augmentation.Change;
import org.zeuxis.image.Image;

/** Left and right exchanged, but where the caption says which is which. */
public record Mirror() implements Change {
    private static final Pattern SIDES = Pattern.compile("\\b(left|right)", Pattern.CASE_INSENSITIVE);

    @Override
    public Image apply(Image image, Draws draws) {
        return image.mirrored();
    }

    @Override
    public boolean keeps(String caption) {
        return !SIDES.matcher(caption).find();
    }

    @Override
    public boolean moves() {
        return true;
    }
}
