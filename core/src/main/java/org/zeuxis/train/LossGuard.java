package org.zeuxis.train;

import java.util.Arrays;

/** Notices that training has broken: a loss or gradient that is no number, or far above what it was lately. */
final class LossGuard {
    private static final int MEMORY = 128;
    private static final double SPIKE = 4;

    private final double[] losses = new double[MEMORY];
    private int seen;

    boolean breaks(double loss, double gradientNorm) {
        if (!Double.isFinite(loss) || !Double.isFinite(gradientNorm)) return true;
        if (seen >= MEMORY) {
            double[] sorted = losses.clone();
            Arrays.sort(sorted);
            if (loss > SPIKE * sorted[MEMORY / 2] && loss > 1.5 * sorted[MEMORY - 1]) return true;
        }
        losses[seen++ % MEMORY] = loss;
        return false;
    }

    void forget() {
        seen = 0;
    }
}
