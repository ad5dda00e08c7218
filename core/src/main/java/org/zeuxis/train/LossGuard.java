package org.zeuxis.train;

import java.util.Arrays;
import org.zeuxis.tensor.Tensor;

/**
 * Notices that training has broken: a loss or gradient that is no number, or a loss far above what it was lately.
 *
 * <p>What it remembers is part of a checkpoint, so that a resumed run judges as the unbroken one does.
 */
final class LossGuard {
    static final int MEMORY = 128;
    /** A spike is this much above the median of the memory … */
    private static final double ABOVE_MEDIAN = 8;
    /** … and this much above its largest. */
    private static final double ABOVE_LARGEST = 2;

    private final double[] losses = new double[MEMORY];
    private long seen;

    /** Whether this step must not be taken; if it may, its loss is remembered. */
    boolean breaks(double loss, double gradientNorm) {
        if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) return true;
        if (seen >= MEMORY) {
            double[] sorted = losses.clone();
            Arrays.sort(sorted);
            if (loss > ABOVE_MEDIAN * sorted[MEMORY / 2] && loss > ABOVE_LARGEST * sorted[MEMORY - 1]) return true;
        }
        losses[(int) (seen++ % MEMORY)] = loss;
        return false;
    }

    /** How many losses it has been shown. */
    long seen() {
        return seen;
    }

    /** The last losses as bit patterns, [128] of int64. */
    Tensor memory() {
        return Tensor.of(
                Arrays.stream(losses).mapToLong(Double::doubleToLongBits).toArray(), MEMORY);
    }

    /** Goes back to what {@link #seen()} and {@link #memory()} once gave. */
    void restore(long seen, Tensor memory) {
        this.seen = seen;
        long[] bits = memory.expect("", MEMORY).toLongs();
        for (int i = 0; i < MEMORY; i++) losses[i] = Double.longBitsToDouble(bits[i]);
    }
}
