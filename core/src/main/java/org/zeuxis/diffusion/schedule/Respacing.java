package org.zeuxis.diffusion.schedule;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which of the T train timesteps a sampler visits.
 *
 * @param spacing how they lie among the train timesteps
 * @param steps how many
 * @param offset added to each where they are {@link Spacing#LEADING}; Stable Diffusion's is 1
 * @param preset where they are {@link Spacing#PRESET}; else null
 * @see <a href="https://arxiv.org/abs/2305.08891">Common diffusion noise schedules are flawed</a>, table 2
 */
public record Respacing(
        Spacing spacing, int steps, int offset, @Nullable TimestepPreset preset) {
    /** How few timesteps lie among many. */
    public enum Spacing {
        /** From 0 by whole strides; the last train timestep is seldom visited. */
        LEADING,
        /** From the last train timestep down by equal strides. */
        TRAILING,
        /** From the first train timestep to the last, both visited. */
        LINSPACE,
        /** As a {@link TimestepPreset} says. */
        PRESET
    }

    /** @throws IllegalArgumentException if {@code steps} is below 1 or {@code offset} below 0 */
    public Respacing {
        if (steps < 1) throw new IllegalArgumentException("expected at least 1 sampling step, got " + steps);
        if (offset < 0) throw new IllegalArgumentException("expected a steps_offset of at least 0, got " + offset);
        if ((spacing == Spacing.PRESET) != (preset != null)) {
            throw new IllegalArgumentException(
                    "expected a preset of timesteps for its own spacing alone, got " + spacing + " and " + preset);
        }
    }

    /** One of the spacings that a rule makes. */
    public Respacing(Spacing spacing, int steps, int offset) {
        this(spacing, steps, offset, null);
    }

    public static Respacing of(TimestepPreset preset) {
        return new Respacing(Spacing.PRESET, preset.steps(), 0, preset);
    }

    public static Respacing leading(int steps, int offset) {
        return new Respacing(Spacing.LEADING, steps, offset);
    }

    public static Respacing trailing(int steps) {
        return new Respacing(Spacing.TRAILING, steps, 0);
    }

    public static Respacing linspace(int steps) {
        return new Respacing(Spacing.LINSPACE, steps, 0);
    }

    /**
     * The timesteps as whole numbers, highest first.
     *
     * @throws IllegalArgumentException if there are fewer than {@code steps} train timesteps to choose from
     */
    public int[] timesteps(NoiseSchedule schedule) {
        double[] times = times(schedule);
        int[] timesteps = new int[times.length];
        for (int i = 0; i < timesteps.length; i++) timesteps[i] = (int) Math.rint(times[i]);
        return timesteps;
    }

    /** By how much the timestep falls from step to step, where it does so by whole strides. */
    public int stride(NoiseSchedule schedule) {
        return schedule.trainSteps() / steps;
    }

    /** The timesteps not rounded to whole ones, for samplers that take any. */
    double[] times(NoiseSchedule schedule) {
        int trainSteps = schedule.trainSteps();
        if (steps > trainSteps) {
            throw new IllegalArgumentException(
                    "expected at most " + trainSteps + " sampling steps, as many as were trained on, got " + steps);
        }
        if (preset != null && trainSteps != TimestepPreset.TRAIN_STEPS) {
            throw new IllegalArgumentException("expected a model trained on " + TimestepPreset.TRAIN_STEPS
                    + " timesteps for " + preset + ", got " + trainSteps + "; leave it out");
        }
        double[] times = preset == null
                ? new double[steps]
                : Arrays.stream(preset.timesteps()).asDoubleStream().toArray();
        for (int i = 0; preset == null && i < steps; i++) times[i] = time(i, trainSteps);
        if (times[0] > trainSteps - 1) {
            throw new IllegalArgumentException("expected a first timestep of at most " + (trainSteps - 1) + ", got "
                    + (int) times[0] + "; take fewer than " + steps + " steps or a steps_offset below " + offset);
        }
        return times;
    }

    private double time(int i, int trainSteps) {
        return switch (spacing) {
            case LEADING -> (double) (steps - 1 - i) * (trainSteps / steps) + offset;
            case TRAILING -> Math.rint(trainSteps - i * ((double) trainSteps / steps)) - 1;
            // the first is set, as 999 / 29 · 29 may exceed 999; published samplers would start a single step from data
            case PRESET -> throw new IllegalStateException("expected a spacing by a rule, got " + preset);
            case LINSPACE -> i == 0 ? trainSteps - 1 : (steps - 1 - i) * ((trainSteps - 1.0) / (steps - 1));
        };
    }
}
