package org.zeuxis.checkpoint.format;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** Named tensors in one or several files, each read when it is asked for. */
public interface Weights extends AutoCloseable {

    /**
     * Tensors that are held already.
     *
     * @param origin for messages
     */
    static Weights of(String origin, Map<String, Tensor> tensors) {
        return new HeldWeights(origin, tensors);
    }

    /** All names, in the order of the file. */
    Set<String> names();

    /** @throws IllegalArgumentException if there is no such name; the message gives the nearest one */
    long[] shape(String name);

    /** @throws IllegalArgumentException if there is no such name; the message gives the nearest one */
    DType dtype(String name);

    /**
     * The tensor of this name; it stays valid after {@link #close}.
     *
     * @throws IllegalArgumentException if there is no such name; the message gives the nearest one
     */
    Tensor tensor(String name);

    /**
     * The same in {@code type} and in memory of its own, as what is about to be laid out anew is best had: a mapped file's
     * pages would stay in memory beside it.
     *
     * @throws java.io.UncheckedIOException if a file can no longer be read
     */
    default Tensor copy(String name, DType type) {
        Tensor stored = tensor(name);
        return stored.dtype() == type ? stored.copy() : stored.to(type);
    }

    /** What the writer noted beside the tensors, such as {@code format = pt}. */
    Map<String, String> metadata();

    /** Where these weights come from, for messages: a file or folder. */
    String origin();

    /** Every tensor by its name, in the order of the file. */
    default Map<String, Tensor> tensors() {
        Map<String, Tensor> all = new LinkedHashMap<>();
        for (String name : names()) all.put(name, tensor(name));
        return all;
    }

    @Override
    void close();
}
