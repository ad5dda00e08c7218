package org.zeuxis.nn.attention;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

/**
 * The keys and values of the tokens that one layer of a language model has seen, so that each is computed once. It outlives the
 * scopes of the steps that fill it, and is closed when the text is done.
 */
public final class KvCache implements AutoCloseable {
    private final int capacity;
    private @Nullable Tensor keys; // [batch, heads, capacity, headWidth]
    private @Nullable Tensor values; // [batch, heads, capacity, headWidth]
    private long tokens;

    /** @param capacity how many tokens there will be at most; memory is taken with the first */
    public KvCache(int capacity) {
        this.capacity = capacity;
    }

    /** How many tokens it holds, which is the place of the next. */
    public long tokens() {
        return tokens;
    }

    /**
     * @param k [batch, heads, n, headWidth]
     * @param v [batch, heads, n, headWidth]
     * @throws IllegalArgumentException if there is no room for n more
     * @throws IllegalStateException while gradients are recorded, which do not pass through here
     */
    void append(Tensor k, Tensor v) {
        long end = tokens + k.size(2);
        if (end > capacity) {
            throw new IllegalArgumentException(
                    "expected at most " + capacity + " tokens, got " + end + "; make a larger cache");
        }
        if (k.requiresGrad() || v.requiresGrad()) {
            throw new IllegalStateException(
                    "expected no gradients through a cache, got some; open Gradients.off(), or attend without a cache");
        }
        if (keys == null || values == null) {
            keys = room(k);
            values = room(v);
        }
        InPlace.assign(keys.slice(2, tokens, end), k);
        InPlace.assign(values.slice(2, tokens, end), v);
        tokens = end;
    }

    /**
     * Forgets all but the first tokens, so that others can follow these.
     *
     * @throws IllegalArgumentException if there are not so many
     */
    public void forgetAfter(long kept) {
        if (kept < 0 || kept > tokens) {
            throw new IllegalArgumentException("expected 0 to " + tokens + " tokens to keep, got " + kept);
        }
        tokens = kept;
    }

    /**
     * Goes on with some of its texts, any of them several times.
     *
     * @param rows [batch] of int64: which text each is to be
     */
    public void branch(Tensor rows) {
        keys = branched(keys, rows);
        values = branched(values, rows);
    }

    private static Tensor branched(@Nullable Tensor all, Tensor rows) {
        if (all == null) throw new IllegalStateException("expected tokens in the cache, got none; append some first");
        Tensor chosen = all.pick(0, rows).outliving();
        all.free();
        return chosen;
    }

    private Tensor room(Tensor x) {
        return Tensor.empty(x.dtype(), x.size(0), x.size(1), capacity, x.size(3))
                .outliving();
    }

    /** [batch, heads, tokens, headWidth] */
    Tensor keys() {
        return seen(keys);
    }

    /** [batch, heads, tokens, headWidth] */
    Tensor values() {
        return seen(values);
    }

    private Tensor seen(@Nullable Tensor all) {
        if (all == null) throw new IllegalStateException("expected tokens in the cache, got none; append some first");
        return all.slice(2, 0, tokens);
    }

    @Override
    public void close() {
        if (keys != null) keys.free();
        if (values != null) values.free();
    }
}
