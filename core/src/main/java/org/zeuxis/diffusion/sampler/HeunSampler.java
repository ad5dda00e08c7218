package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Heun's steps in σ: the mean of the slopes at both ends of each, at two calls of the network a step, the last but one.
 *
 * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, algorithm 1
 */
public record HeunSampler(Discretization discretization) implements Sampler {
    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        Sigmas sigma = new Sigmas(discretization, schedule);
        return Steps.run(start.first(sigma.steps()), sigma.steps(), sigma.start(start), progress, (i, x, scope) -> {
            double h = sigma.at(i + 1) - sigma.at(i);
            Tensor x0 = sigma.denoise(denoiser, x, i).x0();
            Tensor slope = x.minus(x0).over(sigma.at(i));
            Tensor there = x.plus(slope.times(h));
            if (i + 1 == sigma.steps()) return new Steps.Arrival(there, x0);
            Tensor x0There = sigma.denoise(denoiser, there, i + 1).x0();
            Tensor slopeThere = there.minus(x0There).over(sigma.at(i + 1));
            return new Steps.Arrival(x.plus(slope.plus(slopeThere).times(h / 2)), x0There);
        });
    }
}
