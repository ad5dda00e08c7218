package org.zeuxis.diffusion.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The noise levels of k-diffusion's samplers: any between the train timesteps, by the spacing of timesteps or of the noise.
 *
 * @param range if not null, the noise falls so between the levels of the first and the last timestep
 * @param interpolation where the noise between two timesteps is taken from
 * @param told what the network is told of a level
 * @param end where the last step arrives
 * @see <a href="https://github.com/crowsonkb/k-diffusion">k-diffusion</a>
 */
public record EdmDiscretization(
        Respacing respacing, @Nullable SigmaRange range, Interpolation interpolation, Told told, End end)
        implements Discretization {

    /** How the noise follows from the timesteps. */
    public enum Interpolation {
        /** Linearly in σ between the nearest two. */
        LINEAR,
        /** Not at all: it falls evenly in log σ, and the last step ends at the least. */
        LOG_LINEAR
    }

    /** What the network is told of a level. */
    public enum Told {
        TIMESTEP,
        /** The nearest whole timestep, where the noise is spaced by a range. */
        WHOLE_TIMESTEP,
        /** log σ / 4, EDM's {@code c_noise}. */
        LOG_SIGMA
    }

    /** As k-diffusion has it: noise by the timesteps, to the end. */
    public EdmDiscretization(Respacing respacing) {
        this(respacing, null, Interpolation.LINEAR, Told.TIMESTEP, End.DATA);
    }

    @Override
    public NoiseLevels of(NoiseSchedule schedule) {
        double[] t = respacing.times(schedule);
        double[] sigma = new double[t.length];
        double least = schedule.sigma(0);
        for (int i = 0; i < t.length; i++) {
            t[i] = (float) t[i];
            sigma[i] = schedule.sigma(t[i]);
        }
        boolean logLinear = interpolation == Interpolation.LOG_LINEAR;
        if (logLinear) {
            sigma = SigmaSpacing.EXPONENTIAL.sigmas(schedule.sigma(schedule.trainSteps() - 1), least, t.length + 1);
        }
        double last = end == End.LEAST_NOISE ? least : 0;
        if (range != null) {
            sigma = range.sigmas(sigma[0], sigma[sigma.length - 1], t.length);
            for (int i = 0; i < t.length; i++) {
                double time = schedule.timestepOf(sigma[i]);
                t[i] = (float) (told == Told.WHOLE_TIMESTEP ? Math.rint(time) : time);
            }
        } else if (logLinear) {
            last = sigma[t.length];
        }
        List<NoiseLevel> visited = new ArrayList<>();
        for (int i = 0; i < t.length; i++) {
            double told = this.told == Told.LOG_SIGMA ? (float) (0.25 * Math.log((float) sigma[i])) : t[i];
            // the published samplers keep both in float32
            visited.add(NoiseLevel.ofSigma(told, (float) sigma[i]));
        }
        // they also leave out the data's share of what they start from, unless spaced leading
        boolean leading = respacing.spacing() == Respacing.Spacing.LEADING;
        double start = leading ? 1 : Math.sqrt(1 - visited.get(0).alphaBar());
        return new NoiseLevels(visited, NoiseLevel.ofSigma(0, (float) last), start);
    }
}
