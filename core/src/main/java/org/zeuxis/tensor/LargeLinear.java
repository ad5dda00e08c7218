package org.zeuxis.tensor;

import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * x Wᵀ + b as the convolution of a picture of one column: oneDNN computes it on LibTorch's own threads, the same to the last
 * digit on any number of them, where the product would go to OpenBLAS and its threads.
 */
final class LargeLinear {
    /** Multiplications from which that is faster. */
    private static final double LARGE = 5e7;

    private LargeLinear() {}

    static boolean is(Tensor x, Tensor weight) {
        return (double) x.count() * weight.size(0) >= LARGE
                && x.dtype() == DType.FLOAT32
                && weight.dtype() == DType.FLOAT32
                && !x.raw().is_cuda()
                && !Gradients.recorded()
                && !Autocast.isOn()
                && torch.hasMKLDNN();
    }

    static Tensor apply(Tensor x, Tensor weight, @Nullable Tensor bias) {
        long in = weight.size(1);
        long out = weight.size(0);
        long[] shape = x.shape();
        shape[shape.length - 1] = out;
        org.bytedeco.pytorch.Tensor column = x.raw().reshape(1, -1, 1, in).permute(0, 3, 1, 2);
        org.bytedeco.pytorch.Tensor y = torch.mkldnn_convolution(
                column,
                weight.raw().view(out, in, 1, 1),
                bias == null ? new TensorOptional() : new TensorOptional(bias.raw()),
                new long[] {0, 0},
                new long[] {1, 1},
                new long[] {1, 1},
                1);
        return new Tensor(y.permute(0, 2, 3, 1).reshape(shape));
    }
}
