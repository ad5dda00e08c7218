package org.zeuxis.unet.attention;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Packing;
import org.zeuxis.tensor.Tensor;

/** One matrix for every pixel, stored as a 1×1 convolution (Stable Diffusion 1) or as a linear layer (2). */
public final class PixelProjection extends Module {

    /** How the published file stores the matrix. */
    public enum Kind {
        CONVOLUTION,
        LINEAR
    }

    private final Tensor weight; // [channels, channels, 1, 1] or [channels, channels]
    private final Tensor bias; // [channels]

    public PixelProjection(int channels, Kind kind) {
        this(channels, kind, Initialization.fanIn(channels));
    }

    private PixelProjection(int channels, Kind kind, Initialization init) {
        weight = kind == Kind.CONVOLUTION
                ? parameter("weight", init, channels, channels, 1, 1)
                : parameter("weight", init, channels, channels);
        bias = parameter("bias", Initialization.fanIn(channels), channels);
    }

    /** As where a residual branch ends: {@link Initialization#silent}. */
    public static PixelProjection silent(int channels, Kind kind) {
        return new PixelProjection(
                channels, kind, Initialization.fanIn(channels).silent());
    }

    @Override
    protected void packOwn(Packing packing) {
        weight.packForLinear(1);
    }

    /** @param x [batch, pixels, channels] */
    public Tensor forward(Tensor x) {
        return x.linear(weight, bias);
    }
}
