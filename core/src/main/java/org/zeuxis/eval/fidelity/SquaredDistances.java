package org.zeuxis.eval.fidelity;

import org.zeuxis.tensor.Tensor;

/** From each feature of one set to each of another. */
final class SquaredDistances {
    private SquaredDistances() {}

    /**
     * @param x [n, width]
     * @param y [m, width]
     * @return [n, m]
     */
    static Tensor of(Tensor x, Tensor y) {
        Tensor lengths = x.square().sum(-1).plus(y.square().sum(-1).transpose(0, 1));
        return lengths.minus(x.matmul(y.transpose(0, 1)).times(2));
    }
}
