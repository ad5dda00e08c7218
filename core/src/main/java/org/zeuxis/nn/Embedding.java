package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/** A table of vectors, looked up by number. */
public final class Embedding extends Module {
    private final Tensor weight; // [entries, width]
    private final boolean head;

    public Embedding(int entries, int width, Initialization weights) {
        this(entries, width, weights, false);
    }

    /** @param head whether {@link #scores} is asked for, each time the whole table is read */
    public Embedding(int entries, int width, Initialization weights, boolean head) {
        weight = parameter("weight", weights, entries, width);
        this.head = head;
    }

    @Override
    protected void packOwn(Packing packing) {
        if (head) packing.table(weight);
    }

    /**
     * @param places [...] of int64, each below the number of entries
     * @return [..., width]
     */
    public Tensor forward(Tensor places) {
        return places.embedding(weight);
    }

    /**
     * How much each entry is like a vector: the table as the head of a language model.
     *
     * @param x [..., width]
     * @return [..., entries]
     */
    public Tensor scores(Tensor x) {
        return x.linear(weight, null);
    }

    /** The first {@code count} vectors, [count, width]. */
    public Tensor first(long count) {
        return weight.slice(0, 0, count);
    }
}
