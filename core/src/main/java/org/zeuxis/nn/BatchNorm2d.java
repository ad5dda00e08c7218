package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/**
 * Normalises each channel by the mean and variance that training gathered. It never gathers any itself: what holds one can
 * be run, not trained.
 *
 * @see <a href="https://arxiv.org/abs/1502.03167">Batch normalization</a>, Algorithm 2
 */
public final class BatchNorm2d extends Module {
    private final Tensor weight; // [channels]
    private final Tensor bias; // [channels]
    private final Tensor mean; // [channels]
    private final Tensor variance; // [channels]
    private final double epsilon;

    public BatchNorm2d(int channels) {
        this(channels, 1e-5);
    }

    public BatchNorm2d(int channels, double epsilon) {
        this.epsilon = epsilon;
        weight = parameter("weight", Initialization.ones(), channels);
        bias = parameter("bias", Initialization.zeros(), channels);
        mean = parameter("running_mean", Initialization.zeros(), channels);
        variance = parameter("running_var", Initialization.ones(), channels);
    }

    /** @param x [batch, channels, height, columns] */
    public Tensor forward(Tensor x) {
        return x.batchNorm(mean, variance, weight, bias, epsilon);
    }
}
