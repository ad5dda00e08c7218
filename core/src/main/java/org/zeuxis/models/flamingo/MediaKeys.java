package org.zeuxis.models.flamingo;

import org.zeuxis.tensor.Tensor;

/**
 * What one layer compares its queries with and mixes of media: computed once for a text, however many tokens look at them.
 *
 * @param keys [batch, heads, m, headWidth]
 * @param values [batch, heads, m, headWidth]
 */
record MediaKeys(Tensor keys, Tensor values) implements AutoCloseable {

    /** Those of the visual tokens from the first up to another. */
    MediaKeys slice(long from, long to) {
        return new MediaKeys(keys.slice(2, from, to), values.slice(2, from, to));
    }

    /** Those of some of the texts, outside every scope; these are closed. */
    MediaKeys branch(Tensor rows) {
        MediaKeys chosen = new MediaKeys(keys.pick(0, rows), values.pick(0, rows)).outliving();
        close();
        return chosen;
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
