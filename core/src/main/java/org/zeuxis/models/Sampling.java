package org.zeuxis.models;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * How one stage of a model samples; what is left open is up to the model.
 *
 * @param steps of the sampler
 * @param guidance how much closer to the prompt than the model would go by itself; 1 is by itself
 * @param sampler its name, or empty for the model's own
 * @param noiseLevel at which timestep the small picture is noised before it is enlarged, by a stage that does so
 */
public record Sampling(OptionalInt steps, OptionalDouble guidance, String sampler, OptionalInt noiseLevel) {
    /** All of it up to the model. */
    public static final Sampling OWN = new Sampling(OptionalInt.empty(), OptionalDouble.empty(), "");

    /** @throws IllegalArgumentException if a number is out of its range, saying which and what would do */
    public Sampling {
        if (steps.isPresent() && steps.getAsInt() < 1) {
            throw new IllegalArgumentException("expected at least 1 step, got " + steps.getAsInt() + "; 20 is usual");
        }
        double scale = guidance.orElse(0);
        if (!(scale >= 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a guidance of at least 0, got " + scale + "; 4 to 8 is usual");
        }
        if (noiseLevel.isPresent() && noiseLevel.getAsInt() < 0) {
            throw new IllegalArgumentException("expected a noise level of at least 0, got " + noiseLevel.getAsInt());
        }
    }

    /** Of a stage that noises no picture. */
    public Sampling(OptionalInt steps, OptionalDouble guidance, String sampler) {
        this(steps, guidance, sampler, OptionalInt.empty());
    }

    /** The same with nothing left open. */
    public Sampling(int steps, double guidance, String sampler) {
        this(OptionalInt.of(steps), OptionalDouble.of(guidance), sampler);
    }

    public Sampling withSteps(int number) {
        return new Sampling(OptionalInt.of(number), guidance, sampler, noiseLevel);
    }

    public Sampling withGuidance(double scale) {
        return new Sampling(steps, OptionalDouble.of(scale), sampler, noiseLevel);
    }

    public Sampling withSampler(String name) {
        return new Sampling(steps, guidance, name, noiseLevel);
    }

    /** More lets super-resolution invent more, less keeps it closer to the small picture. */
    public Sampling withNoiseLevel(int timestep) {
        return new Sampling(steps, guidance, sampler, OptionalInt.of(timestep));
    }

    /**
     * Refuses steps where there are none to take.
     *
     * @param why there are none
     */
    public void expectNoSteps(String why) {
        if (steps.isEmpty()) return;
        throw new IllegalArgumentException(
                "expected no steps, as " + why + ", got " + steps.getAsInt() + "; leave them out");
    }

    /** The same, and what it leaves open as {@code own} has it. */
    public Sampling or(Sampling own) {
        return new Sampling(
                steps.isPresent() ? steps : own.steps,
                guidance.isPresent() ? guidance : own.guidance,
                sampler.isEmpty() ? own.sampler : sampler,
                noiseLevel.isPresent() ? noiseLevel : own.noiseLevel);
    }
}
