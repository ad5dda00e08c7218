package org.zeuxis.models.clip.resnet;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.tensor.Tensor;

/**
 * Sums a feature map up by attention: the mean of all places asks every place, and itself, what it shows.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 2.4
 */
public final class AttentionPool extends Module {
    private static final Attention.Keys KEYS = new Attention.Keys("q_proj", "k_proj", "v_proj", "c_proj");

    private final Tensor positions; // [1 + places, width]
    private final Attention attention;

    /**
     * @param places of the feature map
     * @param width of its features
     * @param outWidth of what is given
     */
    public AttentionPool(int places, int width, int heads, int outWidth) {
        Initialization weights = Initialization.normal(Math.pow(width, -0.5));
        positions = parameter("positional_embedding", weights, 1 + places, width);
        attention = child(
                "",
                new Attention(
                        KEYS,
                        Heads.of(heads),
                        new Linear(width, width, weights),
                        new Linear(width, width, weights),
                        new Linear(width, width, weights),
                        new Linear(width, outWidth, weights)));
    }

    /**
     * @param features [batch, width, height, columns]
     * @return [batch, outWidth]
     */
    public Tensor forward(Tensor features) {
        Tensor places = features.rearrange("b c h w -> b (h w) c");
        Tensor tokens = Tensor.cat(1, places.mean(1), places).plus(positions);
        return attention.forward(tokens.slice(1, 0, 1), tokens).squeeze(1);
    }
}
