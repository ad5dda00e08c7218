package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/** Normalises groups of channels over their pixels. */
public final class GroupNorm extends Module {
    private final Tensor weight; // [channels]
    private final Tensor bias; // [channels]
    private final int groups;
    private final double epsilon;

    /** @throws IllegalArgumentException if the channels do not fall into equal groups */
    public GroupNorm(int groups, int channels, double epsilon) {
        if (channels % groups != 0) {
            throw new IllegalArgumentException("expected channels in " + groups + " equal groups, got " + channels);
        }
        this.groups = groups;
        this.epsilon = epsilon;
        weight = parameter("weight", Initialization.ones(), channels);
        bias = parameter("bias", Initialization.zeros(), channels);
    }

    /** @param x [batch, channels, …] */
    public Tensor forward(Tensor x) {
        return x.groupNorm(groups, weight, bias, epsilon);
    }
}
