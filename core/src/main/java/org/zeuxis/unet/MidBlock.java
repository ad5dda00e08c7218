package org.zeuxis.unet;

import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/** The lowest resolution: residual block, mixer, residual block. */
final class MidBlock extends Module {
    private final SpatialMixer attention;
    private final ResBlock first;
    private final ResBlock second;

    MidBlock(UNet.Parts parts) {
        int channels = parts.channels(parts.stages().size() - 1);
        attention = child("attentions.0", parts.middle().apply(channels));
        first = child("resnets.0", new ResBlock(channels, channels, parts.blocks()));
        second = child("resnets.1", new ResBlock(channels, channels, parts.blocks()));
    }

    Tensor forward(Tensor x, Conditioning told) {
        return Recomputation.within(y -> second.forward(attention.forward(first.forward(y, told), told), told), x);
    }
}
