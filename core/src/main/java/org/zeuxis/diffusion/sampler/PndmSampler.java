package org.zeuxis.diffusion.sampler;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * PNDM: three Runge–Kutta steps of four calls each, then DDIM steps along the noise extrapolated from the last four.
 *
 * @param alphaToOne whether the last step arrives at ᾱ = 1, the data, or at ᾱ of timestep 0
 * @param extrapolates what is averaged and extrapolated: the paper's is the noise; diffusers takes what the network predicts
 * @see <a href="https://arxiv.org/abs/2202.09778">PNDM</a>, algorithm 2
 */
public record PndmSampler(Respacing respacing, boolean alphaToOne, Parameterization extrapolates) implements Sampler {
    private static final int RUNGE_KUTTA_STEPS = 3;

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        int[] times = respacing.timesteps(schedule);
        if (times.length <= RUNGE_KUTTA_STEPS) {
            throw new IllegalArgumentException("expected at least 4 steps of PNDM, which starts with three by Runge and"
                    + " Kutta, got " + times.length);
        }
        if (start.first() > 0) {
            throw new IllegalArgumentException(
                    "expected to start at the first step of PNDM, as three by Runge and Kutta come first, got "
                            + start.first() + " steps left out; name another sampler, such as ddim");
        }
        PseudoSteps pseudo = new PseudoSteps(schedule, respacing, alphaToOne, extrapolates);
        int half = pseudo.stride() / 2;
        List<Tensor> past = new ArrayList<>(); // latest first
        return Steps.run(0, times.length, start.xt(schedule.level(times[0])), progress, (i, x, scope) -> {
            int t = times[i];
            PseudoSteps.Estimate first = pseudo.estimate(denoiser, x, t);
            Tensor e = first.e();
            past.add(
                    0,
                    past.size() < PseudoSteps.ORDER
                            ? scope.keep(e)
                            : scope.replace(past.remove(PseudoSteps.ORDER - 1), e));
            if (i >= RUNGE_KUTTA_STEPS) {
                Tensor next = pseudo.transfer(x, PseudoSteps.extrapolated(past), t, t - pseudo.stride());
                return new Steps.Arrival(next, first.x0());
            }
            int end = times[i + 1];
            int middle = end + half;
            Tensor second = pseudo.estimate(denoiser, pseudo.transfer(x, e, t, t - half), middle)
                    .e();
            Tensor third = pseudo.estimate(denoiser, pseudo.transfer(x, second, t, middle), middle)
                    .e();
            Tensor fourth = pseudo.estimate(denoiser, pseudo.transfer(x, third, t, middle - half), end)
                    .e();
            Tensor mean = e.plus(second.plus(third).times(2)).plus(fourth).over(6);
            return new Steps.Arrival(pseudo.transfer(x, mean, t, end), first.x0());
        });
    }
}
