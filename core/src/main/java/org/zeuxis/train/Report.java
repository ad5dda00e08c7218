package org.zeuxis.train;

/**
 * What is known after a step.
 *
 * @param step from 1 to {@code steps}
 * @param gradientNorm before clipping
 * @param samplesPerSecond over the last steps
 */
public record Report(
        long step, long steps, double loss, double gradientNorm, double learningRate, double samplesPerSecond) {

    /** @param samplesPerStep batch size times accumulation */
    public double secondsLeft(int samplesPerStep) {
        return (steps - step) * (double) samplesPerStep / samplesPerSecond;
    }
}
