package org.zeuxis.diffusion.sampler;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
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
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        int[] asked = asked(respacing.timesteps(schedule), start);
        PseudoSteps pseudo = new PseudoSteps(schedule, respacing, alphaToOne, extrapolates);
        int stride = pseudo.stride();
        List<Tensor> past = new ArrayList<>(); // latest first
        int count = Math.max(1, asked.length - 1);
        return Steps.run(0, count, start.xt(schedule.level(asked[0])), progress, (i, x, scope) -> {
            int t = i == 0 ? asked[0] : asked[i + 1];
            PseudoSteps.Estimate estimate = pseudo.estimate(denoiser, x, t);
            Tensor e = estimate.e();
            past.add(
                    0,
                    past.size() < PseudoSteps.ORDER
                            ? scope.keep(e)
                            : scope.replace(past.remove(PseudoSteps.ORDER - 1), e));
            if (i > 0 || asked.length == 1) {
                Tensor next = pseudo.transfer(x, PseudoSteps.extrapolated(past), t, t - stride);
                return new Steps.Arrival(next, estimate.x0());
            }
            Tensor trial = pseudo.transfer(x, e, t, t - stride);
            Tensor mean = e.plus(pseudo.estimate(denoiser, trial, asked[1]).e()).over(2);
            return new Steps.Arrival(pseudo.transfer(x, mean, asked[1] + stride, asked[1]), estimate.x0());
        });
    }

    /**
     * The timesteps at which the network is asked: the second of them twice. As diffusers counts, a start leaves out that many
     * of these.
     */
    private static int[] asked(int[] times, Start start) {
        int first = start.first(times.length);
        if (times.length == 1) return times;
        int[] asked = new int[times.length + 1];
        asked[0] = times[0];
        System.arraycopy(times, 1, asked, 2, times.length - 1);
        asked[1] = times[1];
        return Arrays.copyOfRange(asked, first, asked.length);
    }
}
