package org.zeuxis.models.nfnet;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * A convolution whose filters have a mean of 0 and a variance of one over what they look at, times a gain that is learned: what
 * goes through keeps its variance, and its mean does not drift. The border is padded as TensorFlow does: the odd pixel to the
 * right and below.
 *
 * @see <a href="https://arxiv.org/abs/2101.08692">Characterizing signal propagation</a>, section 4.2
 */
final class ScaledStdConv2d extends Module {
    private static final double EPSILON = 1e-5;

    private final Tensor weight; // [out, in / groups, kernel, kernel]
    private final Tensor bias; // [out]
    private final Tensor gain; // [out, 1, 1, 1]
    private final int kernel;
    private final int stride;
    private final int groups;

    ScaledStdConv2d(int in, int out, int kernel, int stride, int groups) {
        this.kernel = kernel;
        this.stride = stride;
        this.groups = groups;
        int seen = in / groups * kernel * kernel;
        weight = parameter("weight", Initialization.normal(Math.sqrt(1.0 / seen)), out, in / groups, kernel, kernel);
        bias = parameter("bias", Initialization.zeros(), out);
        gain = parameter("gain", Initialization.ones(), out, 1, 1, 1);
    }

    /** The convolution of a picture or of features, which keeps height and columns. */
    static ScaledStdConv2d of(int in, int out, int kernel) {
        return new ScaledStdConv2d(in, out, kernel, 1, 1);
    }

    DType dtype() {
        return weight.dtype();
    }

    /**
     * @param x [batch, in, height, columns]
     * @return [batch, out, height / stride, columns / stride], rounded up
     */
    Tensor forward(Tensor x) {
        Tensor padded = stride == 1 ? x : padded(x);
        return padded.conv2d(standardized(), bias, stride, stride == 1 ? kernel / 2 : 0, groups);
    }

    private Tensor standardized() {
        Tensor filters = weight.to(DType.FLOAT32).reshape(weight.size(0), -1);
        Tensor centred = filters.minus(filters.mean(1));
        Tensor deviation = centred.square().mean(1).plus(EPSILON).sqrt();
        Tensor scale = gain.to(DType.FLOAT32).reshape(-1, 1).times(1 / Math.sqrt(filters.size(1)));
        return centred.over(deviation).times(scale).reshape(weight.shape()).to(weight.dtype());
    }

    private Tensor padded(Tensor x) {
        int rows = lacking(x.size(2));
        int columns = lacking(x.size(3));
        return x.pad(columns / 2, columns - columns / 2, rows / 2, rows - rows / 2);
    }

    private int lacking(long length) {
        long outputs = (length + stride - 1) / stride;
        return (int) Math.max(0, (outputs - 1) * stride + kernel - length);
    }
}
