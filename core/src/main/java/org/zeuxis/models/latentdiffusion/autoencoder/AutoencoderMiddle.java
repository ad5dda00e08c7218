package org.zeuxis.models.latentdiffusion.autoencoder;

import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.attention.PixelAttention;

/** The lowest resolution of encoder and decoder: residual block, self-attention of the pixels, residual block. */
final class AutoencoderMiddle extends Module {
    private final PixelAttention attention;
    private final AutoencoderBlock first;
    private final AutoencoderBlock second;

    AutoencoderMiddle(int channels, int groups) {
        attention = child("attentions.0", new PixelAttention(channels, 1, groups, 1e-6));
        first = child("resnets.0", new AutoencoderBlock(channels, channels, groups));
        second = child("resnets.1", new AutoencoderBlock(channels, channels, groups));
    }

    Tensor forward(Tensor x) {
        return second.forward(attention.forward(first.forward(x)));
    }
}
