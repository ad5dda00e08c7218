package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/**
 * Normalises each channel: in training by the mean and variance of the batch, of which it gathers a running average, else by
 * what training gathered. The gathered are parameters that no gradient reaches.
 *
 * @see BatchStatistics
 * @see <a href="https://arxiv.org/abs/1502.03167">Batch normalization</a>, Algorithm 2
 */
public final class BatchNorm2d extends Module {
    /** Share of a batch in the running average, as PyTorch has it. */
    private static final double MOMENTUM = 0.1;

    private final Tensor weight; // [channels]
    private final Tensor bias; // [channels]
    private final Tensor mean; // [channels]
    private final Tensor variance; // [channels]
    private final double epsilon;

    public BatchNorm2d(int channels) {
        this(channels, 1e-5);
    }

    public BatchNorm2d(int channels, double epsilon) {
        this(channels, epsilon, Initialization.ones());
    }

    public BatchNorm2d(int channels, double epsilon, Initialization gains) {
        this.epsilon = epsilon;
        weight = parameter("weight", gains, channels);
        bias = parameter("bias", Initialization.zeros(), channels);
        mean = parameter("running_mean", Initialization.zeros(), channels);
        variance = parameter("running_var", Initialization.ones(), channels);
    }

    /**
     * @param x [batch, channels, height, columns]
     * @return of the same shape
     */
    public Tensor forward(Tensor x) {
        return BatchStatistics.areGathered()
                ? x.batchNormGathering(mean, variance, MOMENTUM, weight, bias, epsilon)
                : x.batchNorm(mean, variance, weight, bias, epsilon);
    }
}
