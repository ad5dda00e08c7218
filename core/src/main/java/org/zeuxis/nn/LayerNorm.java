package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/** Layer normalisation over the last axis. */
public final class LayerNorm extends Module implements Norm {
    private final Tensor weight; // [width]
    private final Tensor bias; // [width]
    private final double epsilon;

    public LayerNorm(int width) {
        this(width, 1e-5);
    }

    public LayerNorm(int width, double epsilon) {
        this.epsilon = epsilon;
        weight = parameter("weight", Initialization.ones(), width);
        bias = parameter("bias", Initialization.zeros(), width);
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.layerNorm(weight, bias, epsilon);
    }
}
