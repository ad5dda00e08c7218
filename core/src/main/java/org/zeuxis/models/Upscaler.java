package org.zeuxis.models;

import java.util.OptionalInt;
import org.zeuxis.image.Image;

/** A model that enlarges pictures. */
public interface Upscaler extends AutoCloseable {
    /**
     * @param size pixels of the result's longer side; empty if there is no choice
     * @param noise how much noise the picture is given first, from 0; empty for the model's own
     * @param request its prompt, seed and sampling
     * @throws IllegalArgumentException if the model cannot do what is asked, saying what it can
     */
    GeneratedImage upscale(Image picture, OptionalInt size, OptionalInt noise, ImageRequest request, Events events);

    /** Gives the memory of the weights back; a closed model enlarges nothing. */
    @Override
    void close();
}
