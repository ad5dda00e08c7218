package org.zeuxis.hub;

import java.io.IOException;
import java.nio.file.Path;
import org.zeuxis.tensor.DType;

/**
 * A model that can be opened, of which no weights are read yet.
 *
 * @param name what finds it again from any folder: a name, or an absolute path
 * @param path its folder or file; of a model of the hub, in the cache
 * @param opens the class of what will be opened
 */
public record Found<M extends AutoCloseable>(
        String name, Path path, Class<? extends AutoCloseable> opens, Opening<M> opening) {

    /** Reads the weights of what was found. */
    @FunctionalInterface
    public interface Opening<M> {
        M open(Path path, DType type) throws IOException;
    }

    /**
     * Reads its weights, to compute in what is {@linkplain DType#fastest fastest}.
     *
     * @throws IOException if they cannot be read, or are not what the configuration says
     */
    public M open() throws IOException {
        return open(DType.fastest());
    }

    /** The same, to compute in {@code type}. */
    public M open(DType type) throws IOException {
        return opening.open(path, type);
    }
}
