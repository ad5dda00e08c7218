package org.zeuxis.unet;

import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/** The lowest resolution: residual block, transformer, residual block. */
final class MidBlock extends Module {
    private final TransformerBlock2d attention;
    private final ResBlock first;
    private final ResBlock second;

    MidBlock(UNetConfig c) {
        UNetConfig.Level level = c.levels().get(c.levels().size() - 1);
        int channels = level.channels();
        attention = child(
                "attentions.0",
                new TransformerBlock2d(
                        channels, level.heads(), c.contextWidth(), c.transformerDepth(), c.groups(), c.projection()));
        first = child("resnets.0", ResBlock.timed(channels, channels, c.timeWidth(), c.groups()));
        second = child("resnets.1", ResBlock.timed(channels, channels, c.timeWidth(), c.groups()));
    }

    Tensor forward(Tensor x, Tensor time, Tensor context) {
        return second.forward(attention.forward(first.forward(x, time), context), time);
    }
}
