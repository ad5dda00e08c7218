package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.recognition.Recognition;

/**
 * One kind of model that can be opened.
 *
 * @param words what it is kept as, for messages: "a Stable Diffusion 1.x or 2.x pipeline of diffusers"
 * @param opens what comes of it
 * @param ships where the one lies that ships with Zeuxis; null if none does
 * @param fits whether it is what was recognized
 */
record Opener<M extends AutoCloseable>(
        String words, Class<M> opens, @Nullable Shipped ships, Predicate<Recognition> fits, Found.Opening<M> opening) {

    /** Finds a folder of the class path. */
    @FunctionalInterface
    interface Shipped {
        Path folder() throws IOException;
    }
}
