package org.zeuxis.diffusion.schedule;

import java.util.OptionalDouble;

/**
 * Noise that falls between two sizes by a {@link SigmaSpacing}.
 *
 * @param most the largest σ, if not what the timesteps begin with
 * @param least the least σ, if not what they end with
 */
public record SigmaRange(SigmaSpacing spacing, OptionalDouble most, OptionalDouble least) {
    /** Between the sizes that the timesteps begin and end with. */
    public SigmaRange(SigmaSpacing spacing) {
        this(spacing, OptionalDouble.empty(), OptionalDouble.empty());
    }

    double[] sigmas(double first, double last, int steps) {
        return spacing.sigmas(most.orElse(first), least.orElse(last), steps);
    }
}
