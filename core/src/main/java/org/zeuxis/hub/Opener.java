package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.recognition.Recognition;

/**
 * One kind of model that can be opened.
 *
 * @param words what it is kept as, for messages: "a Stable Diffusion 1.x or 2.x"
 * @param opens what comes of it
 * @param ships those that ship with Zeuxis
 * @param fits whether it is what was recognized
 */
record Opener<M extends AutoCloseable>(
        String words, Class<M> opens, List<Shipped> ships, Predicate<Recognition> fits, Found.Opening<M> opening) {

    /** The one of that name; null if there is none. */
    @Nullable
    Shipped shipped(String name) {
        return ships.stream().filter(it -> it.name().equals(name)).findFirst().orElse(null);
    }

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
