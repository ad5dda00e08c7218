package org.zeuxis.models;

import java.util.List;
import org.zeuxis.diffusion.sampler.Progress;

/** A model that draws what a text says. */
public interface TextToImage {
    /**
     * @param progress told after each step of each picture; cancels by throwing
     * @return as many pictures as were asked for; the same request gives the same bytes on the same machine
     * @throws IllegalArgumentException if the model cannot do what is asked, saying what it can
     */
    List<GeneratedImage> generate(ImageRequest request, Progress progress);
}
