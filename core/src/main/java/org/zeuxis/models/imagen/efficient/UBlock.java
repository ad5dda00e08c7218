package org.zeuxis.models.imagen.efficient;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.Upsample;

/**
 * On the way up: the size is doubled last. What the way down left at its place comes in at 1/√2.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, Figure A.29
 */
final class UBlock extends Module {
    private final List<ResBlock> resBlocks;
    private final SpatialMixer attention;
    private final Upsample upsample;

    /** @param in channels of what comes in, the skip among them */
    UBlock(int in, EfficientUNet.Level level, EfficientUNet.Config c) {
        resBlocks = children(
                "res_blocks",
                level.resBlocks(),
                i -> new ResBlock(i == 0 ? in : level.channels(), level.channels(), c.blocks()));
        attention = child("attention", level.attends().mixer(level.channels(), c));
        upsample = child("upsample", new Upsample(level.channels()));
    }

    /**
     * @param x [batch, channels below, height, columns]
     * @param skip [batch, channels, height, columns]; null at the lowest resolution, where the way down ends
     * @return [batch, channels, 2 · height, 2 · columns]
     */
    Tensor forward(Tensor x, @Nullable Tensor skip, Conditioning told) {
        Tensor h = skip == null ? x : joined(x, skip);
        for (ResBlock block : resBlocks) h = Recomputation.within(y -> block.forward(y, told), h);
        h = Recomputation.within(y -> attention.forward(y, told), h);
        return upsample.forward(h);
    }

    static Tensor joined(Tensor x, Tensor skip) {
        return Tensor.cat(1, x, skip.over(Math.sqrt(2)));
    }
}
