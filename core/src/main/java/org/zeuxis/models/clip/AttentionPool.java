package org.zeuxis.models.clip;

import org.zeuxis.nn.Attention;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Sums a feature map up by attention: the mean of all places asks every place, and itself, what it shows.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 2.4
 */
final class AttentionPool extends Module {
    private final Tensor positions; // [1 + places, width]
    private final Attention attention;

    AttentionPool(int places, int width, int heads, int outWidth) {
        positions = parameter("positional_embedding", Initialization.normal(Math.pow(width, -0.5)), 1 + places, width);
        attention = child("", Attention.pooling(width, heads, outWidth));
    }

    /**
     * @param features [batch, width, height, columns]
     * @return [batch, outWidth]
     */
    Tensor forward(Tensor features) {
        Tensor places = features.rearrange("b c h w -> b (h w) c");
        Tensor tokens = Tensor.cat(1, places.mean(1), places).plus(positions);
        return attention.forward(tokens.slice(1, 0, 1), tokens).squeeze(1);
    }
}
