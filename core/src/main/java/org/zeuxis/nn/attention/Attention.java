package org.zeuxis.nn.attention;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Multi-head attention of one sequence over another; self-attention when both are the same.
 *
 * @see <a href="https://arxiv.org/abs/1706.03762">Attention Is All You Need</a>, Figure 2
 */
public final class Attention extends Module {

    /** The names of the four projections in a published layout. */
    public record Keys(String q, String k, String v, String out) {
        /** Of diffusers. */
        public static final Keys DIFFUSERS = new Keys("to_q", "to_k", "to_v", "to_out.0");
    }

    private final Heads heads;
    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear out;

    /**
     * Widths and biases are those of the projections.
     *
     * @param q from the width of the queries to the inner width, which is cut into heads
     * @param k from the width of the context to the inner width
     * @param v from the width of the context to that of what is mixed
     * @param out from there to the width of the result
     */
    public Attention(Keys keys, Heads heads, Linear q, Linear k, Linear v, Linear out) {
        this.heads = heads;
        this.k = child(keys.k, k);
        this.v = child(keys.v, v);
        this.q = child(keys.q, q);
        this.out = child(keys.out, out);
        Heads.Norms norms = heads.norms();
        if (norms == null) return;
        child(norms.queryName(), norms.query());
        child(norms.keyName(), norms.key());
    }

    /**
     * @param queries [batch, n, width]
     * @param context [batch, m, contextWidth]
     * @return [batch, n, outWidth]
     */
    public Tensor forward(Tensor queries, Tensor context) {
        return forward(queries, context, null);
    }

    /** The same with a mask that broadcasts to [batch, heads, n, m]; see {@link Tensor#attention(Tensor, Tensor, Tensor, Tensor)}. */
    public Tensor forward(Tensor queries, Tensor context, @Nullable Tensor mask) {
        Tensor q = heads.queries(this.q.forward(queries), 0);
        Tensor k = heads.keys(this.k.forward(context), 0);
        Tensor v = heads.values(this.v.forward(context));
        Tensor bias = heads.positions().bias(0, q.size(2), k.size(2));
        return merge(Tensor.attention(q, heads.forEach(k), heads.forEach(v), both(bias, mask)));
    }

    /** Self-attention in which no token sees a later one; [batch, n, width]. */
    public Tensor causal(Tensor x) {
        return causal(x, (Tensor) null);
    }

    /**
     * The same where some tokens are seen by none, such as padding.
     *
     * @param visible of BOOL: true where a token may be seen, broadcasting to [batch, heads, n, n]; null for all. What a query
     *     that sees nothing gives is not a number
     */
    public Tensor causal(Tensor x, @Nullable Tensor visible) {
        return causal(x, 0, heads.keys(k.forward(x), 0), heads.values(v.forward(x)), visible);
    }

    /** The same for the tokens that follow those in {@code past}, which then holds these too. */
    public Tensor causal(Tensor x, KvCache past) {
        return causal(x, past, null);
    }

    /**
     * The same where some tokens are seen by none.
     *
     * @param visible of BOOL, for the tokens in {@code past} and then these
     */
    public Tensor causal(Tensor x, KvCache past, @Nullable Tensor visible) {
        long from = past.tokens();
        past.append(heads.keys(k.forward(x), from), heads.values(v.forward(x)));
        return causal(x, from, past.keys(), past.values(), visible);
    }

    private Tensor causal(Tensor x, long from, Tensor keys, Tensor values, @Nullable Tensor visible) {
        Tensor k = heads.forEach(keys);
        Tensor v = heads.forEach(values);
        Tensor q = heads.queries(this.q.forward(x), from);
        long n = q.size(2);
        long m = k.size(2);
        Tensor bias = heads.positions().bias(from, n, m);
        if (bias == null && visible == null) return merge(Tensor.causalAttention(q, k, v));
        return merge(Tensor.attention(q, k, v, both(bias, seen(n, m, visible))));
    }

    /** Which of m keys the last n of as many tokens see; null for all. */
    private static @Nullable Tensor seen(long n, long m, @Nullable Tensor visible) {
        if (n == 1) return visible;
        Tensor before = Tensor.ones(n, m).lowerTriangle((int) (m - n)).to(DType.BOOL);
        return visible == null ? before : before.times(visible);
    }

    /** A bias and a mask as one mask. */
    private static @Nullable Tensor both(@Nullable Tensor bias, @Nullable Tensor mask) {
        if (bias == null || mask == null) return bias == null ? mask : bias;
        return mask.dtype() == DType.BOOL
                ? mask.choose(bias, Tensor.scalar(Double.NEGATIVE_INFINITY))
                : bias.plus(mask);
    }

    private Tensor merge(Tensor mixed) {
        return out.forward(mixed.rearrange("b h n d -> b n (h d)"));
    }
}
