package org.zeuxis.models.nfnet;

import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * A residual block without norms: it is told the variance of what comes, divides by its root, and adds a little to the skip; how
 * much is learned, beginning with nothing.
 *
 * @see <a href="https://arxiv.org/abs/2102.06171">NFNet</a>, Figure 3 and Figures 5 and 6 of appendix C
 */
final class NfBlock extends Module {
    /** By which a residual branch is scaled. */
    static final double ALPHA = 0.2;

    /** What a squeeze-and-excite layer, which halves on average, is multiplied by. */
    private static final double AFTER_EXCITATION = 2;
    /** By which GELU keeps the variance of normal numbers. */
    private static final double GELU_GAIN = 1.7015043497085571;

    private final ScaledStdConv2d conv1;
    private final ScaledStdConv2d conv2;
    private final ScaledStdConv2d conv2b;
    private final ScaledStdConv2d conv3;
    private final SqueezeExcite excite;
    private final @Nullable ScaledStdConv2d shortcut;
    private final Tensor skipinitGain;
    private final double beta;
    private final int stride;

    /**
     * @param beta one over the root of the variance that comes
     * @param inner channels inside, in groups of {@code groupWidth}
     * @param stride by which height and columns shrink
     */
    NfBlock(int in, int out, int inner, int groupWidth, int stride, double beta) {
        this.beta = beta;
        this.stride = stride;
        int groups = inner / groupWidth;
        shortcut = in == out && stride == 1 ? null : child("downsample.conv", ScaledStdConv2d.of(in, out, 1));
        conv1 = child("conv1", ScaledStdConv2d.of(in, inner, 1));
        conv2 = child("conv2", new ScaledStdConv2d(inner, inner, 3, stride, groups));
        conv2b = child("conv2b", new ScaledStdConv2d(inner, inner, 3, 1, groups));
        conv3 = child("conv3", ScaledStdConv2d.of(inner, out, 1));
        excite = child("attn_last", new SqueezeExcite(out, NfNet.divisible(out / 2)));
        skipinitGain = parameter("skipinit_gain", Initialization.zeros());
    }

    static Tensor activated(Tensor x) {
        return x.gelu().times(GELU_GAIN);
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, out, height / stride, columns / stride]
     */
    Tensor forward(Tensor x) {
        Tensor h = activated(x).times(beta);
        Tensor skip = shortcut == null ? x : shortcut.forward(stride == 1 ? h : h.averagePool(stride));
        h = activated(conv1.forward(h));
        h = activated(conv2.forward(h));
        h = activated(conv2b.forward(h));
        h = excite.forward(conv3.forward(h)).times(AFTER_EXCITATION);
        return h.times(skipinitGain.to(DType.FLOAT32).times(ALPHA).to(h.dtype()))
                .plus(skip);
    }
}
