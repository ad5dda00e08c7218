package org.zeuxis.models.inception;

import org.zeuxis.nn.BatchNorm2d;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * A convolution without bias whose kernel need not be square, batch norm, ReLU.
 *
 * @see <a href="https://arxiv.org/abs/1512.00567">Rethinking the Inception Architecture</a>, section 5
 */
final class ConvNormRelu extends Module {
    private static final double EPSILON = 0.001;

    private final Tensor weight; // [out, in, height, columns]
    private final BatchNorm2d norm;
    private final int out;
    private final int stride;
    private final int above;
    private final int beside;

    private ConvNormRelu(int in, int out, int height, int columns, int stride, int above, int beside) {
        this.out = out;
        this.stride = stride;
        this.above = above;
        this.beside = beside;
        weight = parameter("conv.weight", Initialization.fanIn((long) in * height * columns), out, in, height, columns);
        norm = child("bn", new BatchNorm2d(out, EPSILON));
    }

    /** Keeps the size of the picture. */
    static ConvNormRelu same(int in, int out, int height, int columns) {
        return new ConvNormRelu(in, out, height, columns, 1, height / 2, columns / 2);
    }

    /** Reads whole kernels alone, so that the picture loses its border. */
    static ConvNormRelu inside(int in, int out, int kernel, int stride) {
        return new ConvNormRelu(in, out, kernel, kernel, stride, 0, 0);
    }

    int out() {
        return out;
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, out, …]
     */
    Tensor forward(Tensor x) {
        Tensor padded = above + beside == 0 ? x : x.pad(beside, beside, above, above);
        return norm.forward(padded.conv2d(weight, null, stride, 0, 1)).relu();
    }
}
