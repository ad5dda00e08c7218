package org.zeuxis.unet;

import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/** One resolution on the way up: each residual block is also given what the way down left at its place. */
final class UpBlock extends Module {
    private final List<ResBlock> resnets;
    private final List<TransformerBlock2d> attentions;
    private final @Nullable Upsample upsample;

    /** @param index the level, 0 being the full resolution, where the way up ends */
    UpBlock(UNetConfig c, int index) {
        List<UNetConfig.Level> levels = c.levels();
        UNetConfig.Level level = levels.get(index);
        int below = levels.get(Math.min(index + 1, levels.size() - 1)).channels();
        int above = levels.get(Math.max(index - 1, 0)).channels();
        int out = level.channels();
        int layers = c.layersPerLevel() + 1;
        attentions = level.attends()
                ? children(
                        "attentions",
                        layers,
                        i -> new TransformerBlock2d(
                                out, level.heads(), c.contextWidth(), c.transformerDepth(), c.groups(), c.projection()))
                : List.of();
        resnets = children("resnets", layers, i -> {
            int in = i == 0 ? below : out;
            int skip = i == layers - 1 ? above : out;
            return ResBlock.timed(in + skip, out, c.timeWidth(), c.groups());
        });
        upsample = index == 0 ? null : child("upsamplers.0", new Upsample(out));
    }

    Tensor forward(Tensor x, Tensor time, Tensor context, Deque<Tensor> skips) {
        for (int i = 0; i < resnets.size(); i++) {
            x = resnets.get(i).forward(Tensor.cat(1, x, skips.removeLast()), time);
            if (!attentions.isEmpty()) x = attentions.get(i).forward(x, context);
        }
        if (upsample == null) return x;
        Tensor next = skips.getLast();
        return upsample.forward(x, next.size(2), next.size(3));
    }
}
