package org.zeuxis.nn;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Tensor;

/** Multi-head attention of one sequence over another; self-attention when both are the same. */
public final class Attention extends Module {

    /** The names of the four projections in a published layout. */
    public enum Keys {
        TRANSFORMERS("q_proj", "k_proj", "v_proj", "out_proj"),
        POOLING("q_proj", "k_proj", "v_proj", "c_proj"),
        DIFFUSERS("to_q", "to_k", "to_v", "to_out.0");

        private final String q;
        private final String k;
        private final String v;
        private final String out;

        Keys(String q, String k, String v, String out) {
            this.q = q;
            this.k = k;
            this.v = v;
            this.out = out;
        }
    }

    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear out;
    private final int heads;

    private Attention(Keys keys, int heads, Linear q, Linear k, Linear v, Linear out) {
        this.heads = heads;
        this.k = child(keys.k, k);
        this.v = child(keys.v, v);
        this.q = child(keys.q, q);
        this.out = child(keys.out, out);
    }

    /**
     * With biases everywhere, which begin at 0, under the names of transformers.
     *
     * @param in how queries, keys and values are first drawn
     * @param out how the output is
     */
    public static Attention transformers(int width, int heads, Initialization in, Initialization out) {
        return new Attention(
                Keys.TRANSFORMERS,
                heads,
                new Linear(width, width, in),
                new Linear(width, width, in),
                new Linear(width, width, in),
                new Linear(width, width, out));
    }

    /** With biases everywhere and an output of its own width, under the names of the attention pool of CLIP's ResNets. */
    public static Attention pooling(int width, int heads, int outWidth) {
        Initialization weights = Initialization.normal(Math.pow(width, -0.5));
        return new Attention(
                Keys.POOLING,
                heads,
                new Linear(width, width, weights),
                new Linear(width, width, weights),
                new Linear(width, width, weights),
                new Linear(width, outWidth, weights));
    }

    /** Queries, keys and values without biases, as in a diffusion U-Net's transformer blocks. */
    public static Attention diffusers(int width, int contextWidth, int heads) {
        return new Attention(
                Keys.DIFFUSERS,
                heads,
                Linear.withoutBias(width, width),
                Linear.withoutBias(contextWidth, width),
                Linear.withoutBias(contextWidth, width),
                new Linear(width, width));
    }

    /** With biases everywhere, under the names of diffusers, as in an autoencoder's middle. */
    public static Attention biasedDiffusers(int width, int heads) {
        return new Attention(
                Keys.DIFFUSERS,
                heads,
                new Linear(width, width),
                new Linear(width, width),
                new Linear(width, width),
                new Linear(width, width));
    }

    /**
     * @param queries [batch, n, width]
     * @param context [batch, m, contextWidth]
     * @return [batch, n, width], or the width that the output was given
     */
    public Tensor forward(Tensor queries, Tensor context) {
        return forward(queries, context, null);
    }

    /** The same with a mask that broadcasts to [batch, heads, n, m]; see {@link Tensor#attention(Tensor, Tensor, Tensor, Tensor)}. */
    public Tensor forward(Tensor queries, Tensor context, @Nullable Tensor mask) {
        return merge(Tensor.attention(
                split(q.forward(queries)), split(k.forward(context)), split(v.forward(context)), mask));
    }

    /** Self-attention in which no token sees a later one; [batch, n, width]. */
    public Tensor causal(Tensor x) {
        return merge(Tensor.causalAttention(split(q.forward(x)), split(k.forward(x)), split(v.forward(x))));
    }

    private Tensor split(Tensor x) {
        return x.rearrange("b n (h d) -> b h n d", "h", heads);
    }

    private Tensor merge(Tensor mixed) {
        return out.forward(mixed.rearrange("b h n d -> b n (h d)"));
    }
}
