package org.zeuxis.unet;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/** One resolution on the way down: residual blocks, each with its mixer, then a halving. */
final class DownBlock extends Module {
    private final List<ResBlock> resnets;
    private final List<SpatialMixer> attentions;
    private final @Nullable Resampler downsample;

    /** @param index the stage, 0 being the full resolution, where the way down begins */
    DownBlock(UNet.Parts parts, int index) {
        UNet.Stage stage = parts.stages().get(index);
        int in = parts.channels(index - 1);
        int out = stage.channels();
        attentions = children("attentions", stage.layers(), i -> stage.mixer().apply(out));
        resnets = children("resnets", stage.layers(), i -> new ResBlock(i == 0 ? in : out, out, parts.blocks()));
        boolean last = index == parts.stages().size() - 1;
        downsample = last ? null : child("downsamplers.0", parts.down().apply(out));
    }

    /** Adds what each layer gives to {@code skips}, for the way up. */
    Tensor forward(Tensor x, Conditioning told, List<Tensor> skips) {
        for (int i = 0; i < resnets.size(); i++) {
            ResBlock resnet = resnets.get(i);
            SpatialMixer attention = attentions.get(i);
            x = Recomputation.within(y -> resnet.forward(y, told), x);
            x = Recomputation.within(y -> attention.forward(y, told), x);
            skips.add(x);
        }
        if (downsample != null) {
            Resampler halved = downsample;
            x = Recomputation.within(y -> halved.forward(y, told), x);
            skips.add(x);
        }
        return x;
    }
}
