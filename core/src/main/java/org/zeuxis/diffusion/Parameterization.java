package org.zeuxis.diffusion;

import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Tensor;

/**
 * What a network predicts of {@code xt = √ᾱ x0 + √(1 − ᾱ) eps}: the noise, the data, or the velocity between them.
 *
 * @see <a href="https://arxiv.org/abs/2202.00512">Progressive distillation</a>, appendix D
 */
public enum Parameterization {
    /** {@code eps}, as in DDPM and Stable Diffusion 1. */
    EPSILON,
    /** {@code x0}, as in the prior of DALL·E 2. */
    X0,
    /** {@code v = √ᾱ eps − √(1 − ᾱ) x0}, as in Imagen's upsamplers and Stable Diffusion 2. */
    V;

    /**
     * By the name diffusers gives it.
     *
     * @throws IllegalArgumentException if {@code name} is none of {@code epsilon}, {@code sample}, {@code v_prediction}
     */
    public static Parameterization named(String name) {
        return switch (name) {
            case "epsilon" -> EPSILON;
            case "sample" -> X0;
            case "v_prediction" -> V;
            default ->
                throw new IllegalArgumentException(
                        "expected prediction_type epsilon, sample or v_prediction, got " + name);
        };
    }

    /**
     * What the network should have predicted.
     *
     * @param x0 [batch, …] data
     * @param eps [batch, …] the noise added to it
     * @param t [batch] timesteps, or times between them
     */
    public Tensor target(NoiseSchedule schedule, Tensor x0, Tensor eps, Tensor t) {
        return switch (this) {
            case EPSILON -> eps;
            case X0 -> x0;
            case V -> schedule.velocity(x0, eps, t);
        };
    }

    /**
     * The data that a prediction implies.
     *
     * @param prediction [batch, …] this of {@code xt}
     * @param xt [batch, …]
     * @param alphaBar ᾱ at xt's timestep
     * @throws IllegalArgumentException if noise was predicted where there is nothing else (ᾱ = 0)
     */
    public Tensor x0(Tensor prediction, Tensor xt, double alphaBar) {
        double a = Math.sqrt(alphaBar);
        double s = Math.sqrt(1 - alphaBar);
        return switch (this) {
            case EPSILON -> {
                if (alphaBar == 0) {
                    throw new IllegalArgumentException(
                            "expected a network that predicts x0 or v on a schedule that ends"
                                    + " in pure noise, got one that predicts epsilon; use V, or do not rescale the schedule");
                }
                yield xt.minus(prediction.times(s)).over(a);
            }
            case X0 -> prediction;
            case V -> xt.times(a).minus(prediction.times(s));
        };
    }

    /**
     * The same where every sample has its own timestep.
     *
     * @param t [batch] timesteps, int64
     */
    Tensor x0(NoiseSchedule schedule, Tensor prediction, Tensor xt, Tensor t) {
        Tensor alphaBar = schedule.alphaBar(t, xt);
        Tensor a = alphaBar.sqrt();
        Tensor s = alphaBar.negate().plus(1).sqrt();
        return switch (this) {
            case EPSILON -> xt.minus(prediction.times(s)).over(a);
            case X0 -> prediction;
            case V -> xt.times(a).minus(prediction.times(s));
        };
    }

    /**
     * The prediction that the data implies: of {@code EPSILON} the noise.
     *
     * @param x0 [batch, …] data
     * @param xt [batch, …]
     * @param alphaBar ᾱ at xt's timestep, below 1
     */
    public Tensor of(Tensor x0, Tensor xt, double alphaBar) {
        double a = Math.sqrt(alphaBar);
        double s = Math.sqrt(1 - alphaBar);
        return switch (this) {
            case EPSILON -> xt.minus(x0.times(a)).over(s);
            case X0 -> x0;
            case V -> xt.times(a).minus(x0).over(s);
        };
    }

    /** The noise that a prediction implies; the arguments are those of {@link #x0}. */
    public Tensor eps(Tensor prediction, Tensor xt, double alphaBar) {
        double a = Math.sqrt(alphaBar);
        double s = Math.sqrt(1 - alphaBar);
        return switch (this) {
            case EPSILON -> prediction;
            case X0 -> xt.minus(prediction.times(a)).over(s);
            case V -> prediction.times(a).plus(xt.times(s));
        };
    }
}
