package org.zeuxis.nn;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** A convolution over height and columns, with zero padding. */
public final class Conv2d extends Module {
    private final Tensor weight; // [out, in, kernel, kernel]
    private final @Nullable Tensor bias; // [out]
    private final int stride;
    private final int padding;

    /** @param biases null for none */
    public Conv2d(
            int in,
            int out,
            int kernel,
            int stride,
            int padding,
            Initialization weights,
            @Nullable Initialization biases) {
        this.stride = stride;
        this.padding = padding;
        weight = parameter("weight", weights, out, in, kernel, kernel);
        bias = biases == null ? null : parameter("bias", biases, out);
    }

    public Conv2d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, stride, padding, Initialization.fanIn(fanIn(in, kernel)));
    }

    public Conv2d(int in, int out, int kernel, int stride, int padding, Initialization weights) {
        this(in, out, kernel, stride, padding, weights, Initialization.zeros());
    }

    /** As before a batch norm, which has a bias of its own. */
    public static Conv2d withoutBias(int in, int out, int kernel, int stride, int padding) {
        return new Conv2d(in, out, kernel, stride, padding, Initialization.fanIn(fanIn(in, kernel)), null);
    }

    /** As where a residual branch ends: {@link Initialization#silent}. */
    public static Conv2d silent(int in, int out, int kernel, int stride, int padding) {
        return new Conv2d(
                in,
                out,
                kernel,
                stride,
                padding,
                Initialization.fanIn(fanIn(in, kernel)).silent());
    }

    /** As along a path without a norm: {@link Initialization#keepingVariance}. */
    public static Conv2d keepingVariance(int in, int out, int kernel, int stride, int padding) {
        return new Conv2d(in, out, kernel, stride, padding, Initialization.keepingVariance(fanIn(in, kernel)));
    }

    private static long fanIn(int in, int kernel) {
        return (long) in * kernel * kernel;
    }

    /** Cuts a picture into patches and projects each, as vision transformers begin. */
    public static Conv2d patches(int in, int out, int size) {
        return withoutBias(in, out, size, size, 0);
    }

    @Override
    protected void packOwn(Packing packing) {
        weight.packForConvolution(stride, padding);
    }

    /** What it computes in. */
    public DType dtype() {
        return weight.dtype();
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, out, …]
     */
    public Tensor forward(Tensor x) {
        return x.conv2d(weight, bias, stride, padding, 1);
    }
}
