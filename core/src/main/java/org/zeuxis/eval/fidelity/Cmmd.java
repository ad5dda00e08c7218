package org.zeuxis.eval.fidelity;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * The maximum mean discrepancy between the CLIP embeddings of two sets of pictures, by a Gaussian kernel: unlike FID it takes
 * them for no Gaussian, and needs fewer.
 *
 * @see <a href="https://arxiv.org/abs/2401.09603">Rethinking FID</a>, section 4
 */
public final class Cmmd {
    private static final double SIGMA = 10;
    private static final double SCALE = 1000;
    private static final int ROWS = 1000;

    private Cmmd() {}

    /**
     * @param x each of length 1, [pictures, width]
     * @param y each of length 1, [pictures, width]
     * @return its square times 1,000, as published; 0 for equal sets
     */
    public static double of(Tensor x, Tensor y) {
        x.expect("pictures", y.size(-1));
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor a = x.to(DType.FLOAT64);
            Tensor b = y.to(DType.FLOAT64);
            return SCALE * (kernel(a, a) + kernel(b, b) - 2 * kernel(a, b));
        }
    }

    /** The mean of exp(−|x − y|² / 2σ²) over all pairs. */
    private static double kernel(Tensor x, Tensor y) {
        double sum = 0;
        for (long from = 0; from < x.size(0); from += ROWS) {
            try (Scope scope = new Scope()) {
                Tensor rows = x.slice(0, from, Math.min(x.size(0), from + ROWS));
                Tensor squared = SquaredDistances.of(rows, y);
                sum += squared.times(-1 / (2 * SIGMA * SIGMA)).exp().sum().item();
            }
        }
        return sum / x.size(0) / y.size(0);
    }
}
