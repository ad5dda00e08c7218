package org.zeuxis.unet.attention;

import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.SpatialMixer;

/**
 * Lets the pixels of a feature map attend to one another.
 *
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, appendix B
 */
public final class PixelAttention extends Module implements SpatialMixer {
    private final GroupNorm norm;
    private final Attention attention;

    public PixelAttention(int channels, int heads, int groups, double epsilon) {
        norm = child("group_norm", new GroupNorm(groups, channels, epsilon));
        attention = child(
                "",
                new Attention(
                        Attention.Keys.DIFFUSERS,
                        Heads.of(heads),
                        new Linear(channels, channels),
                        new Linear(channels, channels),
                        new Linear(channels, channels),
                        Linear.silent(channels, channels)));
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told) {
        return forward(x);
    }

    /** @param x [batch, channels, height, columns] */
    public Tensor forward(Tensor x) {
        Tensor pixels = norm.forward(x).rearrange("b c h w -> b (h w) c");
        Tensor mixed = attention.forward(pixels, pixels);
        return x.plus(mixed.rearrange("b (h w) c -> b c h w", "h", x.size(2)));
    }
}
