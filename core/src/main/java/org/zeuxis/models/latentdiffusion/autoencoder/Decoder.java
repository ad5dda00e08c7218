package org.zeuxis.models.latentdiffusion.autoencoder;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Upsample;

/** The way from a latent back to the picture. */
final class Decoder extends Module {
    private final Conv2d convIn;
    private final AutoencoderMiddle middle;
    private final List<Level> levels;
    private final GroupNorm normOut;
    private final Conv2d convOut;

    Decoder(AutoencoderKl.Config c) {
        List<Integer> channels = c.channels();
        int last = channels.get(channels.size() - 1);
        convIn = child("conv_in", Conv2d.keepingVariance(c.latentChannels(), last, 3, 1, 1));
        levels = children("up_blocks", channels.size(), i -> new Level(c, channels.size() - 1 - i));
        middle = child("mid_block", new AutoencoderMiddle(last, c.groups()));
        normOut = child("conv_norm_out", new GroupNorm(c.groups(), channels.get(0), 1e-6));
        convOut = child("conv_out", Conv2d.keepingVariance(channels.get(0), c.imageChannels(), 3, 1, 1));
    }

    Tensor forward(Tensor latent) {
        List<UnaryOperator<Tensor>> blocks = new ArrayList<>();
        for (Level level : levels) blocks.addAll(level.blocks());
        blocks.add(this::out);
        return Recomputation.through(blocks, middle.forward(convIn.forward(latent)));
    }

    private Tensor out(Tensor x) {
        if (!Bands.suit(x.size(0), x.size(2), x.size(3))) return convOut.forward(normOut.forwardSilu(x));
        return Bands.whole(x.size(2), x.size(3), AutoencoderBlock.convolved(normOut, convOut, x));
    }

    private static final class Level extends Module {
        private final List<AutoencoderBlock> resnets;
        private final @Nullable Upsample upsample;

        Level(AutoencoderKl.Config c, int index) {
            int in = c.channels().get(Math.min(index + 1, c.channels().size() - 1));
            int out = c.channels().get(index);
            resnets = children(
                    "resnets", c.layersPerLevel() + 1, i -> new AutoencoderBlock(i == 0 ? in : out, out, c.groups()));
            upsample = index == 0 ? null : child("upsamplers.0", Upsample.keepingVariance(out));
        }

        List<UnaryOperator<Tensor>> blocks() {
            List<UnaryOperator<Tensor>> blocks = new ArrayList<>();
            for (AutoencoderBlock block : resnets) blocks.add(block::forward);
            if (upsample != null) blocks.add(upsample::forward);
            return blocks;
        }
    }
}
