package org.zeuxis.nn.attention;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Tensor;

/** What attention is told of where its tokens stand: by turning queries and keys, or by what is added to their scores. */
public interface Positions {
    /** Nothing. */
    Positions NONE = new Positions() {};

    /**
     * Queries or keys as their places turn them.
     *
     * @param heads [batch, heads, tokens, headWidth]
     * @param from the place of the first token
     */
    default Tensor turned(Tensor heads, long from) {
        return heads;
    }

    /**
     * What is added to the scores; null for nothing.
     *
     * @param from the place of the first of n queries; the first of m keys stands at 0
     * @return what broadcasts to [batch, heads, n, m]
     */
    default @Nullable Tensor bias(long from, long n, long m) {
        return null;
    }
}
