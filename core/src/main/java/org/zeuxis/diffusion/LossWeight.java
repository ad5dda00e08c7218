package org.zeuxis.diffusion;

/** How much a timestep counts in the {@link DiffusionLoss}. */
@FunctionalInterface
public interface LossWeight {
    /** Every timestep counts alike. */
    LossWeight UNIFORM = (snr, predicts) -> 1;

    /**
     * @param snr ᾱ / (1 − ᾱ) of the timestep
     * @return the factor of the squared error of what the network predicts
     */
    double of(double snr, Parameterization predicts);

    /**
     * The signal-to-noise ratio up to {@code gamma}, as a weight on the error of x0: timesteps with little noise, which
     * are many and easy, no longer outweigh the others.
     *
     * @param gamma where the ratio is cut; the paper's is 5
     * @see <a href="https://arxiv.org/abs/2303.09556">Min-SNR weighting</a>, equation 7
     */
    static LossWeight minSnr(double gamma) {
        if (!(gamma > 0)) throw new IllegalArgumentException("expected a gamma above 0, such as 5, got " + gamma);
        return (snr, predicts) -> switch (predicts) {
            case X0 -> Math.min(snr, gamma);
            // the error of eps is snr times that of x0, the error of v (snr + 1) times
            case EPSILON -> snr == 0 ? 1 : Math.min(snr, gamma) / snr;
            case V -> Math.min(snr, gamma) / (snr + 1);
        };
    }
}
