package org.zeuxis.unet;

import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/** One resolution on the way up: each residual block is also given what the way down left at its place. */
final class UpBlock extends Module {
    private final List<ResBlock> resnets;
    private final List<SpatialMixer> attentions;
    private final @Nullable Resampler upsample;

    /** @param index the stage, 0 being the full resolution, where the way up ends */
    UpBlock(UNet.Parts parts, int index) {
        UNet.Stage stage = parts.stages().get(index);
        int below = parts.channels(index + 1);
        int above = parts.channels(index - 1);
        int out = stage.channels();
        int layers = stage.layers() + 1;
        attentions = children("attentions", layers, i -> stage.mixer().apply(out));
        resnets = children("resnets", layers, i -> {
            int in = i == 0 ? below : out;
            int skip = i == layers - 1 ? above : out;
            return new ResBlock(in + skip, out, parts.blocks());
        });
        upsample = index == 0 ? null : child("upsamplers.0", parts.up().apply(out));
    }

    Tensor forward(Tensor x, Conditioning told, Deque<Tensor> skips) {
        for (int i = 0; i < resnets.size(); i++) {
            ResBlock resnet = resnets.get(i);
            SpatialMixer attention = attentions.get(i);
            Tensor skip = skips.removeLast();
            x = Recomputation.using(
                    (y, left) -> attention.forward(Recomputation.within(z -> resnet.forward(z, left, told), y), told),
                    x,
                    skip);
        }
        if (upsample == null) return x;
        Tensor next = skips.getLast();
        return Recomputation.using(y -> upsample.forward(y, told, next.size(2), next.size(3)), x);
    }
}
