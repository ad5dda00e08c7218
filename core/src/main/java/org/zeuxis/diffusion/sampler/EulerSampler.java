package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Euler steps along the probability flow in σ.
 *
 * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, algorithm 1 without its second-order correction
 */
public record EulerSampler(Discretization discretization) implements Sampler {
    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        Sigmas sigma = new Sigmas(discretization, schedule);
        return Steps.run(start.first(sigma.steps()), sigma.steps(), sigma.start(start), progress, (i, x, scope) -> {
            Tensor x0 = sigma.denoise(denoiser, x, i).x0();
            Tensor slope = x.minus(x0).over(sigma.at(i));
            return new Steps.Arrival(x.plus(slope.times(sigma.at(i + 1) - sigma.at(i))), x0);
        });
    }
}
