package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * DDIM: walks straight towards the estimated data, with a chosen share of fresh noise.
 *
 * <p>As diffusers walks: each step goes down by T / steps, even where the next timestep to be visited lies elsewhere, and
 * thresholding moves the data but not the noise.
 *
 * @param eta η: 0 adds no noise and is deterministic, 1 as much as DDPM
 * @param alphaToOne whether the last step arrives at ᾱ = 1, the data, or (Stable Diffusion) at ᾱ of timestep 0
 * @see <a href="https://arxiv.org/abs/2010.02502">DDIM</a>, equation 12
 */
public record DdimSampler(Respacing respacing, double eta, boolean alphaToOne) implements Sampler {
    public DdimSampler {
        if (!(eta >= 0 && eta <= 1)) throw new IllegalArgumentException("expected an eta of 0 to 1, got " + eta);
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        int[] times = respacing.timesteps(schedule);
        double end = alphaToOne ? 1 : schedule.alphaBar(0);
        int first = start.first(times.length);
        Tensor xt = start.xt(schedule.level(times[first]));
        return Steps.run(first, times.length, xt, progress, (i, x, scope) -> {
            double alphaBar = schedule.alphaBar(times[i]);
            int below = times[i] - respacing.stride(schedule);
            double alphaBarNext = below >= 0 ? schedule.alphaBar(below) : end;
            Denoised denoised = denoiser.denoise(x, schedule.level(times[i]));
            Tensor x0 = denoised.x0();
            Tensor eps =
                    x.minus(denoised.unclipped().times(Math.sqrt(alphaBar))).over(Math.sqrt(1 - alphaBar));
            double variance = (1 - alphaBarNext) / (1 - alphaBar) * (1 - alphaBar / alphaBarNext);
            double sigma = eta * Math.sqrt(variance);
            Tensor next = x0.times(Math.sqrt(alphaBarNext))
                    .plus(eps.times(Math.sqrt(Math.max(0, 1 - alphaBarNext - sigma * sigma))));
            if (eta > 0) next = next.plus(seed.randn(x.shape()).times(sigma));
            return new Steps.Arrival(next, x0);
        });
    }
}
