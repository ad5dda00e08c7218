package org.zeuxis.diffusion.sampler;

import java.util.Arrays;
import org.zeuxis.diffusion.NoiseLevel;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.diffusion.Respacing.Spacing;

/**
 * The steps of a sampler by λ = log(α / σ), which rises evenly where the solvers of DPM are most exact.
 *
 * <p>As published, leading and linspaced timesteps are those of one step more, less the last: data is where they end.
 *
 * @see <a href="https://arxiv.org/abs/2206.00927">DPM-Solver</a>, section 2.1
 */
final class HalfLogSnr {
    private final NoiseLevel[] levels; // [steps]

    HalfLogSnr(Respacing respacing, NoiseSchedule schedule) {
        boolean lessLast = respacing.spacing() == Spacing.LEADING || respacing.spacing() == Spacing.LINSPACE;
        int steps = respacing.steps();
        if (lessLast && steps >= schedule.trainSteps()) {
            throw new IllegalArgumentException("expected at most " + (schedule.trainSteps() - 1)
                    + " sampling steps, one less than were trained on, got " + steps);
        }
        Respacing visited = new Respacing(respacing.spacing(), lessLast ? steps + 1 : steps, respacing.offset());
        int[] times = visited.timesteps(schedule);
        levels = Arrays.copyOf(visited.levels(schedule), steps);
        for (int i = 0; i < steps; i++) {
            // those of Karras keep their noise, and only tell the network a whole timestep
            double sigma = respacing.spacing() == Spacing.KARRAS ? levels[i].sigma() : schedule.sigma(times[i]);
            levels[i] = NoiseLevel.ofSigma(times[i], sigma);
        }
    }

    int steps() {
        return levels.length;
    }

    NoiseLevel level(int i) {
        return levels[i];
    }

    /** √ᾱ before step {@code i}; 1 after the last. */
    double alpha(int i) {
        return i < levels.length ? Math.sqrt(levels[i].alphaBar()) : 1;
    }

    /** √(1 − ᾱ) before step {@code i}; 0 after the last. */
    double sigma(int i) {
        return i < levels.length ? Math.sqrt(1 - levels[i].alphaBar()) : 0;
    }

    /** λ before step {@code i}; infinite after the last. */
    double lambda(int i) {
        return Math.log(alpha(i)) - Math.log(sigma(i));
    }
}
