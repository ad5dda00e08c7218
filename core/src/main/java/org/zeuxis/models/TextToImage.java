package org.zeuxis.models;

import java.util.List;
import org.zeuxis.diffusion.sampler.Progress;

/** A model that draws what a text says. */
public interface TextToImage extends AutoCloseable {
    /**
     * @param progress told after each step of each picture; cancels by throwing, or by {@link Progress#unless}
     * @return as many pictures as were asked for; the same request gives the same bytes on the same machine
     * @throws IllegalArgumentException if the model cannot do what is asked, saying what it can
     * @throws IllegalStateException if the model is closed
     * @throws java.util.concurrent.CancellationException after the step in which the thread is interrupted
     */
    List<GeneratedImage> generate(ImageRequest request, Progress progress);

    /** Gives the memory of the weights back; a closed model draws nothing. */
    @Override
    default void close() {}
}
