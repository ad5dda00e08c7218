package org.zeuxis.diffusion.schedule;

/**
 * How noisy {@code xt = √ᾱ x0 + √(1 − ᾱ) eps} is.
 *
 * @param t the timestep a network is told, 0 (data) to T − 1 (noise); between whole ones it is interpolated
 * @param alphaBar ᾱ, the share of the data in xt's variance: 1 is data, 0 noise
 */
public record NoiseLevel(double t, double alphaBar) {
    /** @throws IllegalArgumentException if {@code alphaBar} is not from 0 to 1 */
    public NoiseLevel {
        if (!(alphaBar >= 0 && alphaBar <= 1)) {
            throw new IllegalArgumentException("expected an alphaBar of 0 to 1, got " + alphaBar);
        }
    }

    /** The level at which noise of size {@code sigma} lies upon data left at its size. */
    public static NoiseLevel ofSigma(double t, double sigma) {
        return new NoiseLevel(t, 1 / (1 + sigma * sigma));
    }

    /** √((1 − ᾱ) / ᾱ): the size of the noise if xt were scaled so that the data keeps its size. */
    public double sigma() {
        return Math.sqrt((1 - alphaBar) / alphaBar);
    }
}
