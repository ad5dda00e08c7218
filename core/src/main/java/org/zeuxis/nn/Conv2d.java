package org.zeuxis.nn;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Tensor;

/** A convolution over height and columns, with zero padding. */
public final class Conv2d extends Module {
    private final Tensor weight; // [out, in, kernel, kernel]
    private final @Nullable Tensor bias; // [out]
    private final int stride;
    private final int padding;

    private Conv2d(int in, int out, int kernel, int stride, int padding, Initialization weights, boolean biased) {
        this.stride = stride;
        this.padding = padding;
        weight = parameter("weight", weights, out, in, kernel, kernel);
        bias = biased ? parameter("bias", Initialization.zeros(), out) : null;
    }

    public Conv2d(int in, int out, int kernel, int stride, int padding) {
        this(in, out, kernel, stride, padding, Initialization.fanIn((long) in * kernel * kernel), true);
    }

    public Conv2d(int in, int out, int kernel, int stride, int padding, Initialization weights) {
        this(in, out, kernel, stride, padding, weights, true);
    }

    /** As before a batch norm, which has a bias of its own. */
    public static Conv2d withoutBias(int in, int out, int kernel, int stride, int padding) {
        return new Conv2d(in, out, kernel, stride, padding, Initialization.fanIn((long) in * kernel * kernel), false);
    }

    /** Cuts a picture into patches and projects each, as vision transformers begin. */
    public static Conv2d patches(int in, int out, int size) {
        return new Conv2d(in, out, size, size, 0, Initialization.fanIn((long) in * size * size), false);
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, out, …]
     */
    public Tensor forward(Tensor x) {
        return x.conv2d(weight, bias, stride, padding, 1);
    }
}
