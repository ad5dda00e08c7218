package org.zeuxis.nn;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Divides each vector by its root mean square.
 *
 * @see <a href="https://arxiv.org/abs/1910.07467">Root Mean Square Layer Normalization</a>, equation 4
 */
public final class RmsNorm extends Module implements Norm {
    private final Tensor weight; // [width]
    private final double epsilon;

    public RmsNorm(int width, double epsilon) {
        this.epsilon = epsilon;
        weight = parameter("weight", Initialization.ones(), width);
    }

    @Override
    public Tensor forward(Tensor x) {
        Tensor exact = x.to(DType.FLOAT32);
        Tensor meanSquare = exact.square().mean(-1);
        return exact.over(meanSquare.plus(epsilon).sqrt()).to(x.dtype()).times(weight);
    }
}
