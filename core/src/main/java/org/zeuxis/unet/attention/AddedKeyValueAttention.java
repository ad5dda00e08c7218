package org.zeuxis.unet.attention;

import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.SpatialMixer;

/**
 * Lets the pixels of a feature map attend to one another and to the tokens at once: keys and values of the tokens are added to
 * those of the pixels.
 *
 * @see <a href="https://arxiv.org/abs/2112.10741">GLIDE</a>, section 3: the tokens are concatenated to the attention context of each layer
 */
public final class AddedKeyValueAttention extends Module implements SpatialMixer {
    private final GroupNorm norm;
    private final Norm tokenNorm;
    private final Linear q;
    private final Linear k;
    private final Linear v;
    private final Linear addedK;
    private final Linear addedV;
    private final Linear out;
    private final int heads;

    /**
     * @param tokenWidth of each token
     * @param tokenNorm what normalises the tokens, or {@link Norm#NONE}
     */
    public AddedKeyValueAttention(int channels, int heads, int tokenWidth, int groups, double epsilon, Norm tokenNorm) {
        this(channels, channels, heads, tokenWidth, groups, epsilon, tokenNorm);
    }

    /**
     * The same with heads that are together of another width than the pixels.
     *
     * @param inner the width of all heads
     */
    public AddedKeyValueAttention(
            int channels, int inner, int heads, int tokenWidth, int groups, double epsilon, Norm tokenNorm) {
        this.heads = heads;
        norm = child("group_norm", new GroupNorm(groups, channels, epsilon));
        this.tokenNorm = child("norm_cross", tokenNorm);
        q = child("to_q", new Linear(channels, inner));
        k = child("to_k", new Linear(channels, inner));
        v = child("to_v", new Linear(channels, inner));
        addedK = child("add_k_proj", new Linear(tokenWidth, inner));
        addedV = child("add_v_proj", new Linear(tokenWidth, inner));
        out = child("to_out.0", Linear.silent(inner, channels));
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told) {
        Tensor pixels = norm.forward(x).rearrange("b c h w -> b (h w) c");
        Tensor tokens = tokenNorm.forward(told.expectTokens());
        Tensor keys = Tensor.cat(1, addedK.forward(tokens), k.forward(pixels));
        Tensor values = Tensor.cat(1, addedV.forward(tokens), v.forward(pixels));
        Tensor mixed =
                Tensor.attention(split(q.forward(pixels)), split(keys), split(values), told.tokenMask(pixels.size(1)));
        Tensor gathered = out.forward(mixed.rearrange("b h n d -> b n (h d)"));
        return x.plus(gathered.rearrange("b (h w) c -> b c h w", "h", x.size(2)));
    }

    private Tensor split(Tensor x) {
        return x.rearrange("b n (h d) -> b h n d", "h", heads);
    }
}
