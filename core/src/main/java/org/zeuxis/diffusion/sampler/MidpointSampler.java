package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Steps in σ, each taken with what the network estimates in its middle on the scale of log σ, at two calls of the network a step but the
 * last.
 *
 * <p>DPM-Solver-2 (KDPM2), DPM++ 2S a and DPM++ SDE are this and differ in what they hold and where they draw noise.
 *
 * @param held what is taken to stay as it is in the middle
 * @see <a href="https://arxiv.org/abs/2206.00927">DPM-Solver</a>, algorithm 1; <a
 *     href="https://github.com/crowsonkb/k-diffusion">k-diffusion</a>, {@code sample_dpm_2}, {@code sample_dpm_2_ancestral},
 *     {@code sample_dpmpp_2s_ancestral} and {@code sample_dpmpp_sde} with r = 1/2
 */
public record MidpointSampler(Discretization discretization, Held held, Fresh fresh) implements Sampler {
    /** What stays as it is over a step. */
    public enum Held {
        /** The noise, which is the slope in σ. */
        NOISE,
        /** The data. */
        DATA
    }

    /** When a step goes further down than asked and comes back up with fresh noise. */
    public enum Fresh {
        NEVER,
        /** At the end of a step; its middle is that of the way down. */
        AT_END,
        /** In the middle and at the end, by one Brownian motion: what the end gets holds what the middle got. */
        IN_MIDDLE_AND_AT_END
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        Sigmas sigma = new Sigmas(discretization, schedule);
        return Steps.run(start.first(sigma.steps()), sigma.steps(), sigma.start(start), progress, (i, x, scope) -> {
            double from = sigma.at(i);
            double to = sigma.at(i + 1);
            Tensor x0 = sigma.denoise(denoiser, x, i).x0();
            if (to == 0) return new Steps.Arrival(towards(x0, x, from, 0), x0);
            double down = fresh == Fresh.NEVER ? to : down(from, to);
            double middle = Math.sqrt(from * (fresh == Fresh.AT_END ? down : to));
            boolean twice = fresh == Fresh.IN_MIDDLE_AND_AT_END;
            Tensor there = towards(x0, x, from, twice ? down(from, middle) : middle);
            Tensor moved = null; // by the Brownian motion, of variance σ
            if (twice) {
                moved = seed.randn(x.shape()).times(Math.sqrt(from - middle));
                there = there.plus(moved.times(up(from, middle) / Math.sqrt(from - middle)));
            }
            Tensor data =
                    Sigmas.denoise(denoiser, there, schedule.levelOf(middle)).x0();
            Tensor next = held == Held.DATA
                    ? towards(data, x, from, down)
                    : x.plus(there.minus(data).times((down - from) / middle));
            if (fresh == Fresh.AT_END) next = next.plus(seed.randn(x.shape()).times(up(from, to)));
            if (moved != null) {
                moved = moved.plus(seed.randn(x.shape()).times(Math.sqrt(middle - to)));
                next = next.plus(moved.times(up(from, to) / Math.sqrt(from - to)));
            }
            return new Steps.Arrival(next, data);
        });
    }

    /** Moves x towards the data until its noise is of size {@code to}. */
    private static Tensor towards(Tensor x0, Tensor x, double from, double to) {
        return x.times(to / from).plus(x0.times(1 - to / from));
    }

    private static double down(double from, double to) {
        return to * to / from;
    }

    private static double up(double from, double to) {
        return to * Math.sqrt(1 - to * to / (from * from));
    }
}
