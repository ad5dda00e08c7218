package org.zeuxis.models.lm;

import org.zeuxis.tensor.Tensor;

/**
 * What enters a language model between its blocks, such as the pictures that a text is about.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, Figure 3
 */
@FunctionalInterface
public interface Insertion extends AutoCloseable {
    /** Nothing: the language model by itself. */
    Insertion NONE = ids -> (block, x) -> x;

    /**
     * Begins to read further tokens, which follow those of earlier calls.
     *
     * @param ids [batch, tokens] of int64
     */
    Layers reading(Tensor ids);

    /** Goes on with some of the texts: the one at {@code i} is what was at {@code rows[i]}. */
    default void branch(long[] rows) {}

    /** Gives back what it keeps from one call to the next. */
    @Override
    default void close() {}

    /** What happens to the states of the tokens that are read. */
    @FunctionalInterface
    interface Layers {
        /**
         * @param block the number of the block that comes next
         * @param x [batch, tokens, width]
         * @return what the block is given, [batch, tokens, width]
         */
        Tensor before(int block, Tensor x);
    }
}
