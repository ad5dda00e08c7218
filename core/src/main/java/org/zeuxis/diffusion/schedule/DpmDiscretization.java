package org.zeuxis.diffusion.schedule;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The noise levels of the solvers of DPM: those of whole train timesteps, or by a spacing of the noise whose timesteps are
 * told whole.
 *
 * <p>As published, leading and linspaced timesteps are those of one step more, less the last: data is where they end.
 *
 * @param range if not null, the noise falls so between the levels of the last and the first train timestep
 * @param rounded whether the timesteps of such noise are rounded; otherwise their fractions are cut off
 * @param leastLambda noise above that of this λ = −log σ is not visited
 * @param end where the last step arrives
 * @see <a href="https://arxiv.org/abs/2206.00927">DPM-Solver</a>, section 2.1
 */
public record DpmDiscretization(
        Respacing respacing, @Nullable SigmaRange range, boolean rounded, double leastLambda, End end)
        implements Discretization {

    /** As published for Stable Diffusion: noise by the timesteps, to the end. */
    public DpmDiscretization(Respacing respacing) {
        this(respacing, null, true, Double.NEGATIVE_INFINITY, End.DATA);
    }

    @Override
    public NoiseLevels of(NoiseSchedule schedule) {
        int steps = respacing.steps();
        List<NoiseLevel> visited = new ArrayList<>();
        double least = schedule.sigma(0);
        if (range == null) {
            for (double t : times(schedule)) visited.add(level((int) t, schedule.sigma(t)));
        } else {
            double[] sigmas = range.sigmas(schedule.sigma(schedule.trainSteps() - 1), least, steps);
            for (double sigma : sigmas) {
                double t = schedule.timestepOf(sigma);
                visited.add(level((int) (rounded ? Math.rint(t) : t), sigma));
            }
        }
        NoiseLevel last = switch (end) {
            case DATA -> level(0, 0);
            case LEAST_NOISE -> level(0, least);
            case LAST_VISITED -> visited.get(visited.size() - 1);
        };
        return new NoiseLevels(visited, last, 1);
    }

    private static NoiseLevel level(int t, double sigma) {
        return NoiseLevel.ofSigma(t, (float) sigma);
    }

    private double[] times(NoiseSchedule schedule) {
        int steps = respacing.steps();
        int trainSteps = schedule.trainSteps();
        int kept = kept(schedule);
        if (steps > trainSteps) throw tooMany(trainSteps, "as many as were trained on");
        if (respacing.spacing() == Respacing.Spacing.TRAILING) {
            double stride = (double) trainSteps / steps;
            int count = (int) Math.ceil(kept / stride - 1e-9);
            double[] times = new double[count];
            for (int i = 0; i < count; i++) times[i] = Math.rint(kept - i * stride) - 1;
            return times;
        }
        if (steps >= kept) throw tooMany(kept - 1, "one less than were trained on");
        boolean leading = respacing.spacing() == Respacing.Spacing.LEADING;
        double[] times = new double[steps];
        for (int i = 0; i < steps; i++) {
            times[i] = leading
                    ? (double) (steps - i) * (kept / (steps + 1)) + respacing.offset()
                    : i == 0 ? kept - 1 : Math.rint((steps - i) * ((kept - 1.0) / steps));
        }
        if (times[0] > trainSteps - 1) {
            throw new IllegalArgumentException("expected a first timestep of at most " + (trainSteps - 1) + ", got "
                    + (int) times[0] + "; take fewer than " + steps + " steps or a steps_offset below "
                    + respacing.offset());
        }
        return times;
    }

    private IllegalArgumentException tooMany(int most, String why) {
        return new IllegalArgumentException(
                "expected at most " + most + " sampling steps, " + why + ", got " + respacing.steps());
    }

    /** How many train timesteps have a λ of at least the least. */
    private int kept(NoiseSchedule schedule) {
        int kept = schedule.trainSteps();
        while (kept > 0 && -Math.log(schedule.sigma(kept - 1)) < leastLambda) kept--;
        return kept;
    }
}
