package org.zeuxis.diffusion.schedule;

import java.util.function.DoubleUnaryOperator;

/** How the noise falls from its largest to its least, if not by the spacing of timesteps. */
public enum SigmaSpacing {
    /**
     * Evenly in σ^(1/7): dense where there is little noise.
     *
     * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, equation 5 with ρ = 7
     */
    KARRAS,
    /** Evenly in log σ. */
    EXPONENTIAL,
    /**
     * By the quantiles of a beta distribution: dense at both ends.
     *
     * @see <a href="https://arxiv.org/abs/2407.12173">Beta sampling is all you need</a>
     */
    BETA;

    private static final double RHO = 7;

    /** σ at each of {@code steps}, from {@code most} to {@code least}. */
    public double[] sigmas(double most, double least, int steps) {
        return switch (this) {
            case KARRAS -> evenly(most, least, steps, s -> Math.pow(s, 1 / RHO), r -> Math.pow(r, RHO));
            case EXPONENTIAL -> evenly(most, least, steps, Math::log, Math::exp);
            case BETA -> evenly(1, 0, steps, share -> share, share -> least + BetaQuantile.of(share) * (most - least));
        };
    }

    private static double[] evenly(
            double most, double least, int steps, DoubleUnaryOperator in, DoubleUnaryOperator out) {
        double from = in.applyAsDouble(most);
        double to = in.applyAsDouble(least);
        double[] sigmas = new double[steps];
        for (int i = 0; i < steps; i++) {
            sigmas[i] = out.applyAsDouble(i == 0 ? from : from + (double) i / (steps - 1) * (to - from));
        }
        return sigmas;
    }
}
