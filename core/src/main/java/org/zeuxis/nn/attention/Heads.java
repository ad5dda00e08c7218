package org.zeuxis.nn.attention;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;

/**
 * What becomes of queries and keys between their projections and the softmax.
 *
 * @param count into how many equal heads they are cut
 * @param shared into how many keys and values are cut, each of which serves as many heads of queries
 * @param norms of each head's queries and keys, before their places turn them; null for none
 * @param positions what they are told of where they stand
 * @param scaled whether scores are divided by √headWidth
 */
public record Heads(int count, int shared, @Nullable Norms norms, Positions positions, boolean scaled) {

    /** The norms of queries and keys, [..., headWidth], and their names in the published layout. */
    public record Norms(String queryName, Norm query, String keyName, Norm key) {}

    /** @throws IllegalArgumentException unless there is at least one head, and each of keys serves as many of queries */
    public Heads {
        if (count < 1) throw new IllegalArgumentException("expected at least one head, got " + count);
        if (shared < 1 || count % shared != 0) {
            throw new IllegalArgumentException("expected " + count
                    + " heads to share heads of keys and values evenly, got " + shared + " of these");
        }
    }

    /** As in Attention Is All You Need. */
    public static Heads of(int count) {
        return new Heads(count, count, null, Positions.NONE, true);
    }

    public Heads with(Norms norms) {
        return new Heads(count, shared, norms, positions, scaled);
    }

    public Heads with(Positions positions) {
        return new Heads(count, shared, norms, positions, scaled);
    }

    /** Scores stay as they are, as in T5, whose first weights are the smaller for it. */
    public Heads unscaled() {
        return new Heads(count, shared, norms, positions, false);
    }

    /**
     * Keys and values are of fewer heads, each for several of queries.
     *
     * @see <a href="https://arxiv.org/abs/2305.13245">GQA</a>, section 2.2
     */
    public Heads sharing(int shared) {
        return new Heads(count, shared, norms, positions, scaled);
    }

    private static Tensor split(Tensor x, int heads) {
        return x.rearrange("b n (h d) -> b h n d", "h", heads);
    }

    Tensor values(Tensor projected) {
        return split(projected, shared);
    }

    /** Keys or values once for every head of queries. */
    Tensor forEach(Tensor x) {
        if (shared == count) return x;
        return x.unsqueeze(2).expand(-1, -1, count / shared, -1, -1).reshape(x.size(0), count, x.size(2), x.size(3));
    }

    Tensor queries(Tensor projected, long from) {
        Tensor q = split(projected, count);
        Tensor normed = norms == null ? q : norms.query.forward(q);
        Tensor turned = positions.turned(normed, from);
        // the engine divides; here it is undone beforehand
        return scaled ? turned : turned.times(Math.sqrt(q.size(-1)));
    }

    Tensor keys(Tensor projected, long from) {
        Tensor k = split(projected, shared);
        return positions.turned(norms == null ? k : norms.key.forward(k), from);
    }
}
