package org.zeuxis.diffusion.sampler;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * PLMS: DDIM steps along the noise extrapolated from the last four, without a Runge–Kutta start; Stable Diffusion 1's.
 *
 * @param alphaToOne whether the last step arrives at ᾱ = 1, the data, or (Stable Diffusion) at ᾱ of timestep 0
 * @param extrapolates what of the past is extrapolated: the paper's is the noise; diffusers takes what the network predicts
 * @see <a href="https://arxiv.org/abs/2202.09778">PNDM</a>, equations 11 and 12
 */
public record PlmsSampler(Respacing respacing, boolean alphaToOne, Parameterization extrapolates) implements Sampler {
    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Tensor xT, Seed seed, Progress progress) {
        int[] times = respacing.timesteps(schedule);
        PseudoSteps pseudo = new PseudoSteps(schedule, respacing, alphaToOne, extrapolates);
        int stride = pseudo.stride();
        List<Tensor> past = new ArrayList<>(); // latest first
        return Steps.run(times.length, xT, progress, (i, x, scope) -> {
            PseudoSteps.Estimate estimate = pseudo.estimate(denoiser, x, times[i]);
            Tensor e = estimate.e();
            past.add(
                    0,
                    past.size() < PseudoSteps.ORDER
                            ? scope.keep(e)
                            : scope.replace(past.remove(PseudoSteps.ORDER - 1), e));
            if (i > 0 || times.length == 1) {
                Tensor next = pseudo.transfer(x, PseudoSteps.extrapolated(past), times[i], times[i] - stride);
                return new Steps.Arrival(next, estimate.x0());
            }
            Tensor trial = pseudo.transfer(x, e, times[0], times[0] - stride);
            Tensor mean = e.plus(pseudo.estimate(denoiser, trial, times[1]).e()).over(2);
            return new Steps.Arrival(pseudo.transfer(x, mean, times[1] + stride, times[1]), estimate.x0());
        });
    }
}
