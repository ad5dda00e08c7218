package org.zeuxis.models.latentdiffusion;

import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.ResBlock;

/** The lowest resolution of encoder and decoder: residual block, self-attention of the pixels, residual block. */
final class AutoencoderMiddle extends Module {
    private final PixelAttention attention;
    private final ResBlock first;
    private final ResBlock second;

    AutoencoderMiddle(int channels, int groups) {
        attention = child("attentions.0", new PixelAttention(channels, groups));
        first = child("resnets.0", ResBlock.untimed(channels, channels, groups));
        second = child("resnets.1", ResBlock.untimed(channels, channels, groups));
    }

    Tensor forward(Tensor x) {
        return second.forward(attention.forward(first.forward(x, null)), null);
    }

    private static final class PixelAttention extends Module {
        private final GroupNorm norm;
        private final Attention attention;

        PixelAttention(int channels, int groups) {
            norm = child("group_norm", new GroupNorm(groups, channels, 1e-6));
            attention = child(
                    "",
                    new Attention(
                            Attention.Keys.DIFFUSERS,
                            Heads.of(1),
                            new Linear(channels, channels),
                            new Linear(channels, channels),
                            new Linear(channels, channels),
                            new Linear(channels, channels)));
        }

        Tensor forward(Tensor x) {
            Tensor pixels = norm.forward(x).rearrange("b c h w -> b (h w) c");
            Tensor mixed = attention.forward(pixels, pixels);
            return x.plus(mixed.rearrange("b (h w) c -> b c h w", "h", x.size(2)));
        }
    }
}
