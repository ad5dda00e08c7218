package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.ConsistencyBoundary;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * The few steps of a network that was distilled to see at once where the flow leads: each lands there, and draws noise up to the
 * level of the next.
 *
 * @param steps how many
 * @param distilled how many timesteps the network was distilled at, of which these are chosen
 * @param landing where a step lands before it draws noise
 */
public record ConsistencySampler(int steps, int distilled, Landing landing) implements Sampler {

    /** Where a step lands before it draws noise. */
    public sealed interface Landing {
        /** ᾱ there, if the next step begins at timestep {@code next}. */
        double alphaBar(NoiseSchedule schedule, int next);

        /** xt moved there. */
        Tensor of(Denoised denoised, Tensor xt, NoiseSchedule schedule, int t, int next);
    }

    /**
     * At the data.
     *
     * @see <a href="https://arxiv.org/abs/2310.04378">Latent consistency models</a>, algorithm 3
     */
    public record AtData(ConsistencyBoundary boundary) implements Landing {
        @Override
        public double alphaBar(NoiseSchedule schedule, int next) {
            return 1;
        }

        @Override
        public Tensor of(Denoised denoised, Tensor xt, NoiseSchedule schedule, int t, int next) {
            return boundary.of(denoised.x0(), xt, t);
        }
    }

    /**
     * On the trajectory between the next timestep and the data.
     *
     * @param gamma γ, how far towards the data: 0 draws no noise, 1 all
     * @see <a href="https://arxiv.org/abs/2402.19159">Trajectory consistency distillation</a>, algorithm 4
     */
    public record OnTrajectory(double gamma) implements Landing {
        /** @throws IllegalArgumentException if {@code gamma} is not 0 to 1 */
        public OnTrajectory {
            if (!(gamma >= 0 && gamma <= 1)) {
                throw new IllegalArgumentException("expected a gamma of 0 to 1, got " + gamma);
            }
        }

        @Override
        public double alphaBar(NoiseSchedule schedule, int next) {
            return schedule.alphaBar((int) Math.floor((1 - gamma) * next));
        }

        @Override
        public Tensor of(Denoised denoised, Tensor xt, NoiseSchedule schedule, int t, int next) {
            double alphaBar = schedule.alphaBar(t);
            double there = alphaBar(schedule, next);
            Tensor x0 = denoised.x0();
            Tensor eps = xt.minus(x0.times(Math.sqrt(alphaBar))).over(Math.sqrt(1 - alphaBar));
            return x0.times(Math.sqrt(there)).plus(eps.times(Math.sqrt(1 - there)));
        }
    }

    /** @throws IllegalArgumentException if there is no step */
    public ConsistencySampler {
        if (steps < 1) throw new IllegalArgumentException("expected at least 1 sampling step, got " + steps);
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        int[] times = times(schedule);
        int first = start.first(steps);
        return Steps.run(first, steps, start.xt(schedule.level(times[first])), progress, (i, x, scope) -> {
            int next = i + 1 < steps ? times[i + 1] : 0;
            Denoised denoised = denoiser.denoise(x, schedule.level(times[i]));
            Tensor landed = landing.of(denoised, x, schedule, times[i], next);
            if (i + 1 == steps) return new Steps.Arrival(landed, denoised.x0());
            double kept = schedule.alphaBar(next) / landing.alphaBar(schedule, next);
            if (kept == 1) return new Steps.Arrival(landed, denoised.x0());
            Tensor noise = seed.randn(x.shape());
            Tensor noised = landed.times(Math.sqrt(kept)).plus(noise.times(Math.sqrt(1 - kept)));
            return new Steps.Arrival(noised, denoised.x0());
        });
    }

    /** From the last of the distilled timesteps down, evenly among them. */
    private int[] times(NoiseSchedule schedule) {
        if (steps > distilled) {
            String at = distilled == schedule.trainSteps() ? "trained on" : "distilled at";
            throw new IllegalArgumentException(
                    "expected at most " + distilled + " sampling steps, as many as were " + at + ", got " + steps);
        }
        int[] times = new int[steps];
        int stride = schedule.trainSteps() / distilled;
        for (int i = 0; i < steps; i++) {
            int left = distilled - (int) Math.floor((double) i * distilled / steps);
            times[i] = left * stride - 1;
        }
        return times;
    }
}
