package org.zeuxis.data.augmentation;

import org.zeuxis.data.Draws;
import org.zeuxis.data.pictogram.ColorWords;
import org.zeuxis.image.Image;

/** Every colour's complement, as a photographic negative, but where the caption names a colour. */
public record Invert() implements Change {
    @Override
    public Image apply(Image image, Draws draws) {
        byte[] samples = image.samples().clone();
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) ~samples[i];
        return new Image(image.width(), image.height(), image.channels(), samples);
    }

    @Override
    public boolean keeps(String caption) {
        return !ColorWords.in(caption);
    }
}
