package org.zeuxis.unet.attention;

import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.SpatialMixer;

/**
 * Lets the pixels of a feature map attend to the tokens alone.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.3: the larger super-resolution model has no self-attention
 */
public final class TokenAttention extends Module implements SpatialMixer {
    private static final Attention.Keys KEYS = new Attention.Keys("to_q", "add_k_proj", "add_v_proj", "to_out.0");

    private final GroupNorm norm;
    private final Norm tokenNorm;
    private final Attention attention;

    /**
     * @param tokenWidth of each token
     * @param tokenNorm what normalises the tokens, or {@link Norm#NONE}
     */
    public TokenAttention(int channels, int heads, int tokenWidth, int groups, double epsilon, Norm tokenNorm) {
        this(channels, channels, heads, tokenWidth, groups, epsilon, tokenNorm);
    }

    /**
     * The same with heads that are together of another width than the pixels.
     *
     * @param inner the width of all heads
     */
    public TokenAttention(
            int channels, int inner, int heads, int tokenWidth, int groups, double epsilon, Norm tokenNorm) {
        norm = child("group_norm", new GroupNorm(groups, channels, epsilon));
        this.tokenNorm = child("norm_cross", tokenNorm);
        attention = child(
                "",
                new Attention(
                        KEYS,
                        Heads.of(heads),
                        new Linear(channels, inner),
                        new Linear(tokenWidth, inner),
                        new Linear(tokenWidth, inner),
                        Linear.silent(inner, channels)));
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told) {
        Tensor pixels = norm.forward(x).rearrange("b c h w -> b (h w) c");
        Tensor tokens = tokenNorm.forward(told.expectTokens());
        Tensor mixed = attention.forward(pixels, tokens, told.tokenMask());
        return x.plus(mixed.rearrange("b (h w) c -> b c h w", "h", x.size(2)));
    }
}
