package org.zeuxis.models;

import java.util.List;

/** A model that draws what a text says. */
public interface TextToImage extends AutoCloseable {
    /** What its pictures say drew them. */
    String name();

    /** What was put into it when it was opened. */
    default List<AddedFile> added() {
        return List.of();
    }

    /**
     * @param events told after each step of each picture
     * @return as many pictures as were asked for; the same request gives the same bytes on the same machine
     * @throws IllegalArgumentException if the model cannot do what is asked, saying what it can
     * @throws IllegalStateException if the model is closed
     * @throws java.util.concurrent.CancellationException after the step in which the thread is interrupted
     */
    List<GeneratedImage> generate(ImageRequest request, Events events);

    /** The same, telling nobody. */
    default List<GeneratedImage> generate(ImageRequest request) {
        return generate(request, Events.NONE);
    }

    /** Gives the memory of the weights back; a closed model draws nothing. */
    @Override
    void close();
}
