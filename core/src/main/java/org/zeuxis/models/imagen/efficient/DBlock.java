package org.zeuxis.models.imagen.efficient;

import java.util.List;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.SpatialMixer;

/**
 * On the way down: the size is halved first, so that all else is done on a quarter of the pixels.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, Figure A.28
 */
final class DBlock extends Module {
    private final Conv2d conv;
    private final List<ResBlock> resBlocks;
    private final SpatialMixer attention;

    DBlock(int in, EfficientUNet.Level level, EfficientUNet.Config c) {
        conv = child("conv", new Conv2d(in, level.channels(), 3, 2, 1));
        resBlocks = children(
                "res_blocks", level.resBlocks(), i -> new ResBlock(level.channels(), level.channels(), c.blocks()));
        attention = child("attention", level.attends().mixer(level.channels(), c));
    }

    /** [batch, in, height, columns] to [batch, channels, height / 2, columns / 2] */
    Tensor forward(Tensor x, Conditioning told) {
        Tensor h = conv.forward(x);
        for (ResBlock block : resBlocks) h = Recomputation.within(y -> block.forward(y, told), h);
        return Recomputation.within(y -> attention.forward(y, told), h);
    }
}
