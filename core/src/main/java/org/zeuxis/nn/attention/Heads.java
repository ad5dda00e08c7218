package org.zeuxis.nn.attention;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;

/**
 * What becomes of queries and keys between their projections and the softmax.
 *
 * @param count into how many equal heads they are cut
 * @param norms of each head's queries and keys, before their places turn them; null for none
 * @param positions what they are told of where they stand
 * @param scaled whether scores are divided by √headWidth
 */
public record Heads(int count, @Nullable Norms norms, Positions positions, boolean scaled) {

    /** The norms of queries and keys, [..., headWidth], and their names in the published layout. */
    public record Norms(String queryName, Norm query, String keyName, Norm key) {}

    /** @throws IllegalArgumentException unless there is at least one head */
    public Heads {
        if (count < 1) throw new IllegalArgumentException("expected at least one head, got " + count);
    }

    /** As in Attention Is All You Need. */
    public static Heads of(int count) {
        return new Heads(count, null, Positions.NONE, true);
    }

    public Heads with(Norms norms) {
        return new Heads(count, norms, positions, scaled);
    }

    public Heads with(Positions positions) {
        return new Heads(count, norms, positions, scaled);
    }

    /** Scores stay as they are, as in T5, whose first weights are the smaller for it. */
    public Heads unscaled() {
        return new Heads(count, norms, positions, false);
    }

    /** [batch, tokens, width] as [batch, heads, tokens, headWidth]. */
    Tensor split(Tensor x) {
        return x.rearrange("b n (h d) -> b h n d", "h", count);
    }

    Tensor queries(Tensor projected, long from) {
        Tensor q = split(projected);
        Tensor normed = norms == null ? q : norms.query.forward(q);
        Tensor turned = positions.turned(normed, from);
        // the engine divides; here it is undone beforehand
        return scaled ? turned : turned.times(Math.sqrt(q.size(-1)));
    }

    Tensor keys(Tensor projected, long from) {
        Tensor k = split(projected);
        return positions.turned(norms == null ? k : norms.key.forward(k), from);
    }
}
