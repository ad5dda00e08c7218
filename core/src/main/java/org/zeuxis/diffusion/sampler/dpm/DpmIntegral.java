package org.zeuxis.diffusion.sampler.dpm;

import org.zeuxis.diffusion.schedule.NoiseLevels;
import org.zeuxis.tensor.Tensor;

/**
 * What a solver of DPM integrates: the estimate of the data or of the noise, deterministically or with fresh noise.
 *
 * @see <a href="https://arxiv.org/abs/2211.01095">DPM-Solver++</a>, equations 9 and 18
 */
public enum DpmIntegral {
    /** DPM-Solver++. */
    DATA(true, false),
    /** SDE-DPM-Solver++. */
    DATA_SDE(true, true),
    /** DPM-Solver. */
    NOISE(false, false),
    /** SDE-DPM-Solver. */
    NOISE_SDE(false, true);

    private final boolean ofData;
    final boolean stochastic;

    DpmIntegral(boolean ofData, boolean stochastic) {
        this.ofData = ofData;
        this.stochastic = stochastic;
    }

    /** What is integrated, as a tensor of its own. */
    Tensor integrand(Tensor x0, Tensor x, NoiseLevels levels, int i) {
        return ofData ? x0.copy() : x.minus(x0.times(levels.signal(i))).over(levels.noise(i));
    }

    /**
     * One step: x times {@code carried}, less {@code scale} times the integral over an exponential, plus noise.
     *
     * @param exponent how far the exponential reaches
     */
    record Step(double carried, double scale, double exponent, double noise, double h) {
        /** What the estimate where the step begins counts. */
        double constant() {
            return scale * Math.expm1(exponent);
        }

        /** What the slope of the estimate counts, by length of the step. */
        double linear() {
            return scale * (Math.expm1(exponent) / exponent - 1);
        }

        /** What the bend of the estimate counts as DPM-Solver has it, half of its integral. */
        double quadratic(DpmIntegral integral) {
            // with fresh noise diffusers adds the half
            double half = integral == DATA_SDE ? -0.5 : 0.5;
            return scale * ((Math.expm1(exponent) - exponent) / (exponent * exponent) - half);
        }
    }

    /** The step from level {@code i} to the next. */
    Step step(NoiseLevels levels, int i) {
        return step(levels, i, i + 1);
    }

    /** The step from one level to a later one. */
    Step step(NoiseLevels levels, int from, int to) {
        double h = levels.lambda(to) - levels.lambda(from);
        double signal = levels.signal(to);
        double noise = levels.noise(to);
        double less = noise / levels.noise(from);
        double more = signal / levels.signal(from);
        return switch (this) {
            case DATA -> new Step(less, signal, -h, 0, h);
            case DATA_SDE -> new Step(less * Math.exp(-h), signal, -2 * h, noise * Math.sqrt(-Math.expm1(-2 * h)), h);
            case NOISE -> new Step(more, noise, h, 0, h);
            case NOISE_SDE -> new Step(more, 2 * noise, h, noise * Math.sqrt(Math.expm1(2 * h)), h);
        };
    }
}
