package org.zeuxis.models.latentdiffusion.autoencoder;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Downsample;

/** The way from a picture to the two halves of its latent distribution. */
final class Encoder extends Module {
    private final Conv2d convIn;
    private final List<Level> levels;
    private final AutoencoderMiddle middle;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    Encoder(AutoencoderKl.Config c) {
        List<Integer> channels = c.channels();
        int last = channels.get(channels.size() - 1);
        convIn = child("conv_in", Conv2d.keepingVariance(c.imageChannels(), channels.get(0), 3, 1, 1));
        levels = children("down_blocks", channels.size(), i -> new Level(c, i));
        middle = child("mid_block", new AutoencoderMiddle(last, c.groups()));
        normOut = child("conv_norm_out", new GroupNorm(c.groups(), last, 1e-6));
        convOut = child("conv_out", Conv2d.keepingVariance(last, 2 * c.latentChannels(), 3, 1, 1));
    }

    Tensor forward(Tensor image) {
        List<UnaryOperator<Tensor>> blocks = new ArrayList<>();
        blocks.add(convIn::forward);
        for (Level level : levels) blocks.addAll(level.blocks());
        Tensor x = Recomputation.through(blocks, image);
        return convOut.forward(normOut.forwardSilu(middle.forward(x)));
    }

    private static final class Level extends Module {
        private final List<AutoencoderBlock> resnets;
        private final @Nullable Downsample downsample;

        Level(AutoencoderKl.Config c, int index) {
            int in = c.channels().get(Math.max(0, index - 1));
            int out = c.channels().get(index);
            resnets = children(
                    "resnets", c.layersPerLevel(), i -> new AutoencoderBlock(i == 0 ? in : out, out, c.groups()));
            boolean last = index == c.channels().size() - 1;
            downsample = last ? null : child("downsamplers.0", Downsample.cornered(out));
        }

        List<UnaryOperator<Tensor>> blocks() {
            List<UnaryOperator<Tensor>> blocks = new ArrayList<>();
            for (AutoencoderBlock block : resnets) blocks.add(block::forward);
            if (downsample != null) blocks.add(downsample::forward);
            return blocks;
        }
    }
}
