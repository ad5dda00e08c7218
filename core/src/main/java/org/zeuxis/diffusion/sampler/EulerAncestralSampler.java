package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Euler steps in σ that go further down than asked and come back up with fresh noise.
 *
 * @see <a href="https://github.com/crowsonkb/k-diffusion">k-diffusion</a>, {@code sample_euler_ancestral}
 */
public record EulerAncestralSampler(Discretization discretization) implements Sampler {
    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        Sigmas sigma = new Sigmas(discretization, schedule);
        return Steps.run(start.first(sigma.steps()), sigma.steps(), sigma.start(start), progress, (i, x, scope) -> {
            Tensor x0 = sigma.denoise(denoiser, x, i).x0();
            double from = sigma.at(i);
            double to = sigma.at(i + 1);
            double down = to * to / from;
            double up = Math.sqrt(to * to - down * down);
            Tensor slope = x.minus(x0).over(from);
            Tensor noise = seed.randn(x.shape());
            return new Steps.Arrival(x.plus(slope.times(down - from)).plus(noise.times(up)), x0);
        });
    }
}
