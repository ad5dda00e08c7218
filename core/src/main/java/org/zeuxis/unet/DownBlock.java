package org.zeuxis.unet;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/** One resolution on the way down: residual blocks, each with its transformer where the level attends, then a halving. */
final class DownBlock extends Module {
    private final List<ResBlock> resnets;
    private final List<TransformerBlock2d> attentions;
    private final @Nullable Downsample downsample;

    DownBlock(UNetConfig c, int index) {
        UNetConfig.Level level = c.levels().get(index);
        int in = c.levels().get(Math.max(0, index - 1)).channels();
        int out = level.channels();
        attentions = level.attends()
                ? children(
                        "attentions",
                        c.layersPerLevel(),
                        i -> new TransformerBlock2d(
                                out, level.heads(), c.contextWidth(), c.transformerDepth(), c.groups(), c.projection()))
                : List.of();
        resnets = children(
                "resnets", c.layersPerLevel(), i -> ResBlock.timed(i == 0 ? in : out, out, c.timeWidth(), c.groups()));
        downsample = index == c.levels().size() - 1 ? null : child("downsamplers.0", Downsample.centred(out));
    }

    /** Adds what each layer gives to {@code skips}, for the way up. */
    Tensor forward(Tensor x, Tensor time, Tensor context, List<Tensor> skips) {
        for (int i = 0; i < resnets.size(); i++) {
            x = resnets.get(i).forward(x, time);
            if (!attentions.isEmpty()) x = attentions.get(i).forward(x, context);
            skips.add(x);
        }
        if (downsample != null) {
            x = downsample.forward(x);
            skips.add(x);
        }
        return x;
    }
}
