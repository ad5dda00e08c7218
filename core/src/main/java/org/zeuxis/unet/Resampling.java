package org.zeuxis.unet;

import org.zeuxis.tensor.Bands;
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

        @Override
        Bands.Rows of(Bands.Rows x) {
            return x;
        }
    },
    /** The mean of four pixels. */
    DOWN {
        @Override
        Tensor apply(Tensor x, long height, long columns) {
            return x.averagePool(2);
        }

        @Override
        Bands.Rows of(Bands.Rows x) {
            return (top, below) -> x.between(2 * top, 2 * below).averagePool(2);
        }
    },
    /** Each pixel repeated. */
    UP {
        @Override
        Tensor apply(Tensor x, long height, long columns) {
            return x.resizeNearest(height, columns);
        }

        @Override
        Bands.Rows of(Bands.Rows x) {
            return (top, below) -> {
                long from = top / 2;
                Tensor rows = x.between(from, (below + 1) / 2);
                Tensor larger = rows.resizeNearest(2 * rows.size(2), 2 * rows.size(3));
                return larger.slice(2, top - 2 * from, below - 2 * from);
            };
        }
    };

    /** @param height of the result, with {@code columns}, where it grows */
    abstract Tensor apply(Tensor x, long height, long columns);

    /** How many rows or columns become of so many; what grows becomes twice as large. */
    long of(long size) {
        return switch (this) {
            case NONE -> size;
            case DOWN -> size / 2;
            case UP -> 2 * size;
        };
    }

    /** The same of rows; what grows becomes twice as large. */
    abstract Bands.Rows of(Bands.Rows x);
}
