package org.zeuxis.nn;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** y = x Wᵀ + b over the last axis. */
public final class Linear extends Module {
    private final Tensor weight; // [out, in]
    private final @Nullable Tensor bias; // [out]

    /** @param biases null for none */
    public Linear(int in, int out, Initialization weights, @Nullable Initialization biases) {
        weight = parameter("weight", weights, out, in);
        bias = biases == null ? null : parameter("bias", biases, out);
    }

    public Linear(int in, int out) {
        this(in, out, Initialization.fanIn(in), Initialization.fanIn(in));
    }

    public Linear(int in, int out, Initialization weights) {
        this(in, out, weights, Initialization.zeros());
    }

    /** As where a residual branch ends: {@link Initialization#silent}. */
    public static Linear silent(int in, int out) {
        return new Linear(in, out, Initialization.fanIn(in).silent(), Initialization.fanIn(in));
    }

    public static Linear withoutBias(int in, int out) {
        return new Linear(in, out, Initialization.fanIn(in), null);
    }

    public static Linear withoutBias(int in, int out, Initialization weights) {
        return new Linear(in, out, weights, null);
    }

    @Override
    protected void packOwn(Packing packing) {
        packing.linear(weight);
    }

    /** What it computes in. */
    public DType dtype() {
        return weight.dtype();
    }

    /**
     * @param x [..., in]
     * @return [..., out]
     */
    public Tensor forward(Tensor x) {
        return x.linear(weight, bias);
    }
}
