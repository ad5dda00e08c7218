package org.zeuxis.models.flamingo;

import org.zeuxis.tensor.Tensor;

/**
 * What one layer compares its queries with and mixes of media: computed once for a text, however many tokens look at them.
 *
 * @param keys [batch, heads, m, headWidth]
 * @param values [batch, heads, m, headWidth]
 */
record MediaKeys(Tensor keys, Tensor values) implements AutoCloseable {

    /** Those of the visual tokens from the first up to another, for so many texts. */
    MediaKeys slice(long from, long to, long texts) {
        return new MediaKeys(sliced(keys, from, to, texts), sliced(values, from, to, texts));
    }

    private static Tensor sliced(Tensor x, long from, long to, long texts) {
        Tensor part = from == 0 && to == x.size(2) ? x : x.slice(2, from, to);
        return part.size(0) == texts ? part : part.expand(texts, -1, -1, -1);
    }

    /** Outside every scope, until it is closed. */
    MediaKeys outliving() {
        return new MediaKeys(keys.outliving(), values.outliving());
    }

    @Override
    public void close() {
        keys.free();
        values.free();
    }
}
