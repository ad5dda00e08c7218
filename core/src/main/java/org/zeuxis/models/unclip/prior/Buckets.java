package org.zeuxis.models.unclip.prior;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The range of each of several numbers cut into equally wide parts.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public final class Buckets extends Module {
    private static final double LEAST_WIDTH = 1e-9;

    private final int count;
    private final Tensor low; // [1, numbers]
    private final Tensor width; // [1, numbers], of one bucket

    /** For weights that are about to be loaded. */
    Buckets(int count, int numbers) {
        this.count = count;
        low = parameter("low", Initialization.zeros(), 1, numbers);
        width = parameter("width", Initialization.ones(), 1, numbers);
    }

    private Buckets(int count, Tensor low, Tensor width) {
        this.count = count;
        this.low = parameter("low", (seed, shape) -> low, low.shape());
        this.width = parameter("width", (seed, shape) -> width, width.shape());
    }

    /**
     * From the least to the largest value of each number.
     *
     * @param count of buckets, 1,024 in the paper
     * @param values [n, numbers]
     */
    public static Buckets fit(int count, Tensor values) {
        if (count < 2) throw new IllegalArgumentException("expected at least 2 buckets, got " + count);
        Tensor low = values.negate().max(0).negate().reshape(1, -1);
        Tensor high = values.max(0).reshape(1, -1);
        return new Buckets(
                count,
                low.contiguous(),
                high.minus(low).over(count).clamp(LEAST_WIDTH, Float.MAX_VALUE).contiguous());
    }

    /** How many each number has. */
    public int count() {
        return count;
    }

    /** The width of each number's buckets, [1, numbers]. */
    public Tensor width() {
        return width;
    }

    /**
     * @param values [batch, numbers]; what lies outside of the range falls into the outermost bucket
     * @return [batch, numbers] of int64
     */
    public Tensor quantise(Tensor values) {
        return values.minus(low).over(width).clamp(0, count - 1).to(DType.INT64);
    }

    /**
     * The middle of each bucket.
     *
     * @param codes [batch, n] of int64, of all numbers or the first n
     * @return [batch, n]
     */
    public Tensor dequantise(Tensor codes) {
        long n = codes.size(1);
        return codes.to(DType.FLOAT32).plus(0.5).times(width.slice(1, 0, n)).plus(low.slice(1, 0, n));
    }
}
