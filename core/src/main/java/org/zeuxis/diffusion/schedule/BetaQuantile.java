package org.zeuxis.diffusion.schedule;

/** Quantiles of the beta distribution with both shapes 0.6, by halving, its distribution function by its power series. */
final class BetaQuantile {
    private static final double SHAPE = 0.6;
    /** Γ(0.6)² / Γ(1.2). */
    private static final double BETA = 1.4891922488128171 * 1.4891922488128171 / 0.9181687423997607;

    private BetaQuantile() {}

    /** @param p 0 to 1 */
    static double of(double p) {
        // it is symmetric, and the series converges fast below the middle
        return p > 0.5 ? 1 - lower(1 - p) : lower(p);
    }

    private static double lower(double p) {
        double low = 0;
        double high = 0.5;
        for (int i = 0; i < 80; i++) {
            double middle = (low + high) / 2;
            if (distribution(middle) < p) low = middle;
            else high = middle;
        }
        return p == 0 ? 0 : high;
    }

    /** The share below {@code x}, which is at most 0.5. */
    private static double distribution(double x) {
        double term = 1;
        double sum = 0;
        for (int n = 0; n < 60; n++) {
            sum += term / (SHAPE + n);
            term *= (n + 1 - SHAPE) / (n + 1) * x;
        }
        return Math.pow(x, SHAPE) * sum / BETA;
    }
}
