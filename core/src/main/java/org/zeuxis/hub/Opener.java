package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.recognition.Recognition;

/**
 * One kind of model that can be opened.
 *
 * @param words what it is kept as, for messages: "a Stable Diffusion 1.x or 2.x"
 * @param opens what comes of it
 * @param ships the one that ships with Zeuxis; null if none does
 * @param fits whether it is what was recognized
 */
record Opener<M extends AutoCloseable>(
        String words, Class<M> opens, @Nullable Shipped ships, Predicate<Recognition> fits, Found.Opening<M> opening) {

    /**
     * A model that ships with Zeuxis.
     *
     * @param name by which it is asked for
     */
    record Shipped(String name, Place place) {
        /** Finds a folder of the class path. */
        @FunctionalInterface
        interface Place {
            Path folder() throws IOException;
        }
    }
}
