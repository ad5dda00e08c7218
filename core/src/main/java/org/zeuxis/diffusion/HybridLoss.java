package org.zeuxis.diffusion;

import java.util.Arrays;
import java.util.List;
import java.util.function.IntToDoubleFunction;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * The loss of a network that also learns the variance of the reverse step: the simple loss, and a little of the variational
 * bound, which teaches the variance alone because the mean's gradient is stopped in it.
 *
 * @param lambda the share λ of the bound
 * @see <a href="https://arxiv.org/abs/2102.09672">Improved DDPM</a>, equations 15 and 16
 */
public record HybridLoss(NoiseSchedule schedule, Parameterization predicts, double lambda) {
    /** Half of the distance between two grey levels of 256, from −1 to 1. */
    private static final double HALF_LEVEL = 1.0 / 255;

    private static final double LEAST_PROBABILITY = 1e-12;
    private static final double NATS_PER_BIT = Math.log(2);

    public HybridLoss {
        if (!(lambda >= 0 && lambda < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a lambda of at least 0, such as 0.001, got " + lambda);
        }
        if (predicts == Parameterization.EPSILON && schedule.alphaBar(schedule.trainSteps() - 1) == 0) {
            throw new IllegalArgumentException("expected a network that predicts x0 or v on a schedule that ends in"
                    + " pure noise, got one that predicts epsilon; use V, or do not rescale the schedule");
        }
    }

    /** With the paper's λ. */
    public HybridLoss(NoiseSchedule schedule, Parameterization predicts) {
        this(schedule, predicts, 0.001);
    }

    /**
     * Draws each sample's timestep, then its noise, and judges what the network predicts.
     *
     * @param network gives twice the channels of x0: its prediction, then the variance
     * @param x0 [batch, channels, height, columns] pictures, −1 to 1
     */
    public DiffusionLoss.Losses of(Network network, Tensor x0, Seed seed) {
        Tensor t = seed.randint(0, schedule.trainSteps(), x0.size(0));
        Tensor eps = seed.randn(x0.shape());
        return of(network, x0, eps, t);
    }

    /** The same for timesteps and noise that are given, as {@link DiffusionLoss#of(Network, Tensor, Tensor, Tensor)} takes them. */
    public DiffusionLoss.Losses of(Network network, Tensor x0, Tensor eps, Tensor t) {
        Tensor xt = schedule.addNoise(x0, eps, t);
        List<Tensor> halves =
                network.predict(xt, t.to(DType.FLOAT32)).to(DType.FLOAT32).chunk(2, 1);
        Tensor prediction = halves.get(0);
        Tensor error = prediction.minus(predicts.target(schedule, x0, eps, t)).square();
        Tensor simple = perSample(error);
        Tensor bound = bound(prediction.detach(), halves.get(1), x0, xt, t);
        // t is uniform, so that T times the term of one timestep stands for the sum of all
        Tensor mean = simple.mean().plus(bound.mean().times(lambda * schedule.trainSteps()));
        return new DiffusionLoss.Losses(mean, simple.detach(), t);
    }

    /** The term L_t of the bound in bits per dimension, [batch]. */
    private Tensor bound(Tensor prediction, Tensor v, Tensor x0, Tensor xt, Tensor t) {
        Tensor predicted = predicts.x0(schedule, prediction, xt, t);
        Tensor toData = each(t, v, s -> Math.sqrt(schedule.alphaBar(s - 1)) * schedule.beta(s) / noise(s), 1);
        Tensor stay = each(t, v, s -> Math.sqrt(1 - schedule.beta(s)) * noise(s - 1) / noise(s), 0);
        Tensor mean = predicted.times(toData).plus(xt.times(stay));
        Tensor trueMean = x0.times(toData).plus(xt.times(stay));
        // β̃ is 0 at the first timestep: as published, that of the second stands for it
        Tensor least = each(t, v, this::logBetaTilde, logBetaTilde(1));
        Tensor most = each(t, v, s -> Math.log(schedule.beta(s)), Math.log(schedule.beta(0)));
        Tensor logVariance = v.plus(1).over(2).times(most.minus(least)).plus(least);
        Tensor divergence = perSample(divergence(trueMean, least, mean, logVariance));
        Tensor likelihood = perSample(negativeLogLikelihood(x0, mean, logVariance.over(2)));
        return t.lessThan(1).choose(likelihood, divergence).over(NATS_PER_BIT);
    }

    /** Between two normal distributions: KL(first, second). */
    private static Tensor divergence(Tensor mean1, Tensor logVariance1, Tensor mean2, Tensor logVariance2) {
        Tensor ratio = logVariance1.minus(logVariance2);
        Tensor distance =
                mean1.minus(mean2).square().times(logVariance2.negate().exp());
        return ratio.exp().plus(distance).minus(ratio).minus(1).over(2);
    }

    /** Of a grey level, the probability that the normal distribution falls within half a level of it. */
    private static Tensor negativeLogLikelihood(Tensor x0, Tensor mean, Tensor logDeviation) {
        Tensor perDeviation = logDeviation.negate().exp();
        Tensor centred = x0.minus(mean);
        // in the lower tail, where a small probability keeps its digits
        Tensor below = centred.abs().negate();
        Tensor inner = cumulative(below.plus(HALF_LEVEL).times(perDeviation))
                .minus(cumulative(below.minus(HALF_LEVEL).times(perDeviation)));
        // the darkest and the brightest level reach outwards without end
        Tensor inwards = x0.lessThan(0).choose(centred, centred.negate());
        Tensor outer = cumulative(inwards.plus(HALF_LEVEL).times(perDeviation));
        Tensor probability = x0.abs().lessThan(0.999).choose(inner, outer);
        return probability
                .clamp(LEAST_PROBABILITY, Double.POSITIVE_INFINITY)
                .log()
                .negate();
    }

    /** Of the standard normal distribution, as GELU approximates it. */
    private static Tensor cumulative(Tensor x) {
        return x.plus(x.pow(3).times(0.044715))
                .times(2 * Math.sqrt(2 / Math.PI))
                .sigmoid();
    }

    private double noise(int t) {
        return 1 - schedule.alphaBar(t);
    }

    private double logBetaTilde(int t) {
        return Math.log(noise(t - 1) / noise(t) * schedule.beta(t));
    }

    private static Tensor perSample(Tensor x) {
        return x.reshape(x.size(0), -1).mean(1).squeeze(1);
    }

    /** A number of each sample's timestep, [batch, 1, …] of x's rank. */
    private static Tensor each(Tensor t, Tensor x, IntToDoubleFunction number, double atFirst) {
        long[] steps = t.toLongs();
        float[] values = new float[steps.length];
        for (int i = 0; i < steps.length; i++) {
            int step = (int) steps[i];
            values[i] = (float) (step == 0 ? atFirst : number.applyAsDouble(step));
        }
        long[] shape = new long[x.rank()];
        Arrays.fill(shape, 1);
        shape[0] = steps.length;
        return Tensor.of(values, shape);
    }
}
