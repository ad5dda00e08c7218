package org.zeuxis.nn;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Tensor;

/** Layer normalisation over the last axis. */
public final class LayerNorm extends Module implements Norm {
    private final Tensor weight; // [width]
    private final @Nullable Tensor bias; // [width]
    private final double epsilon;

    public LayerNorm(int width) {
        this(width, 1e-5);
    }

    public LayerNorm(int width, double epsilon) {
        this(width, epsilon, Initialization.zeros());
    }

    private LayerNorm(int width, double epsilon, @Nullable Initialization biases) {
        this.epsilon = epsilon;
        weight = parameter("weight", Initialization.ones(), width);
        bias = biases == null ? null : parameter("bias", biases, width);
    }

    public static LayerNorm withoutBias(int width, double epsilon) {
        return new LayerNorm(width, epsilon, null);
    }

    @Override
    public Tensor forward(Tensor x) {
        return x.layerNorm(weight, bias, epsilon);
    }
}
