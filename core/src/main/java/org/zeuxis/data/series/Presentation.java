package org.zeuxis.data.series;

import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Draws;

/** Makes an example of a sample: chooses its caption, background, crop. A pure function of its arguments. */
@FunctionalInterface
public interface Presentation {
    /** The picture as it is, with any one of its captions. */
    Presentation AS_IS = (sample, seed) -> new Example(
            sample.key(), sample.image(), sample.captions().isEmpty() ? "" : new Draws(seed).of(sample.captions()));

    Example present(CaptionedImage sample, long seed);
}
