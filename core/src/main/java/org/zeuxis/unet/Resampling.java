package org.zeuxis.unet;

import org.zeuxis.tensor.Tensor;

/**
 * Whether a residual block changes the resolution of what it computes and of what it adds that to.
 *
 * @see <a href="https://arxiv.org/abs/1809.11096">BigGAN</a>, appendix B
 */
public enum Resampling {
    NONE {
        @Override
        Tensor apply(Tensor x, long height, long columns) {
            return x;
        }
    },
    /** The mean of four pixels. */
    DOWN {
        @Override
        Tensor apply(Tensor x, long height, long columns) {
            return x.averagePool(2);
        }
    },
    /** Each pixel repeated. */
    UP {
        @Override
        Tensor apply(Tensor x, long height, long columns) {
            return x.resizeNearest(height, columns);
        }
    };

    /** @param height of the result, with {@code columns}, where it grows */
    abstract Tensor apply(Tensor x, long height, long columns);
}
