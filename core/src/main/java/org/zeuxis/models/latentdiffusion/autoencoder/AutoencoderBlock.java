package org.zeuxis.models.latentdiffusion.autoencoder;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/** The residual block of an autoencoder, which knows no time: norm, SiLU, convolution, twice, added to the input. */
final class AutoencoderBlock extends Module {
    private final GroupNorm norm1;
    private final Conv2d conv1;
    private final GroupNorm norm2;
    private final Conv2d conv2;
    private final @Nullable Conv2d shortcut;

    AutoencoderBlock(int in, int out, int groups) {
        norm1 = child("norm1", new GroupNorm(groups, in, 1e-6));
        conv1 = child("conv1", new Conv2d(in, out, 3, 1, 1));
        norm2 = child("norm2", new GroupNorm(groups, out, 1e-6));
        conv2 = child("conv2", Conv2d.silent(out, out, 3, 1, 1));
        shortcut = in == out ? null : child("conv_shortcut", Conv2d.keepingVariance(in, out, 1, 1, 0));
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, out, height, columns]
     */
    Tensor forward(Tensor x) {
        if (Bands.suit(x.size(0), x.size(2), x.size(3))) return inBands(x);
        Tensor h = Recomputation.within(y -> conv1.forward(norm1.forwardSilu(y)), x);
        h = Recomputation.within(y -> conv2.forward(norm2.forwardSilu(y)), h);
        return skip(x).plus(h);
    }

    private Tensor skip(Tensor x) {
        return shortcut == null ? x : shortcut.forward(x);
    }

    private Tensor inBands(Tensor x) {
        long height = x.size(2);
        long columns = x.size(3);
        Tensor h = Bands.whole(height, columns, convolved(norm1, conv1, x));
        Bands.Rows second = convolved(norm2, conv2, h);
        return Bands.whole(
                height, columns, (top, below) -> skip(x.slice(2, top, below)).plus(second.between(top, below)));
    }

    /** Norm, SiLU, convolution of one large picture, row by row once the norm has looked at all of it. */
    static Bands.Rows convolved(GroupNorm norm, Conv2d conv, Tensor x) {
        long height = x.size(2);
        UnaryOperator<Tensor> normed = norm.of((top, below) -> x.slice(2, top, below), height, x.size(3));
        Bands.Rows active = (top, below) -> normed.apply(x.slice(2, top, below)).silu();
        return (top, below) -> Bands.withNeighbours(active, conv::forward, top, below, height);
    }
}
