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
public record PndmSampler(Respacing respacing, boolean alphaToOne, Parameterization extrapolates) implements Sampler {
    private static final int ORDER = 4;

    /** The paper's. */
    public PndmSampler(Respacing respacing, boolean alphaToOne) {
        this(respacing, alphaToOne, Parameterization.EPSILON);
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Tensor xT, Seed seed, Progress progress) {
        int[] times = respacing.timesteps(schedule);
        double end = alphaToOne ? 1 : schedule.alphaBar(0);
        List<Tensor> past = new ArrayList<>(); // latest first
        return Steps.run(times.length, xT, progress, (i, x, scope) -> {
            double alphaBar = schedule.alphaBar(times[i]);
            double alphaBarNext = i + 1 < times.length ? schedule.alphaBar(times[i + 1]) : end;
            Tensor x0 = denoiser.denoise(x, schedule.level(times[i])).x0();
            Tensor e = extrapolates.of(x0, x, alphaBar).copy();
            past.add(0, past.size() < ORDER ? scope.keep(e) : scope.replace(past.remove(ORDER - 1), e));
            if (i == 0 && times.length > 1) {
                Tensor trial = transfer(x, e, alphaBar, alphaBarNext);
                Tensor there = denoiser.denoise(trial, schedule.level(times[1])).x0();
                e = e.plus(extrapolates.of(there, trial, alphaBarNext)).over(2);
            } else {
                e = extrapolated(past);
            }
            return new Steps.Arrival(transfer(x, e, alphaBar, alphaBarNext), x0);
        });
    }

    private static Tensor extrapolated(List<Tensor> e) {
        return switch (e.size()) {
            case 1 -> e.get(0);
            case 2 -> e.get(0).times(3).minus(e.get(1)).over(2);
            case 3 ->
                e.get(0)
                        .times(23)
                        .minus(e.get(1).times(16))
                        .plus(e.get(2).times(5))
                        .over(12);
            default ->
                e.get(0)
                        .times(55)
                        .minus(e.get(1).times(59))
                        .plus(e.get(2).times(37))
                        .minus(e.get(3).times(9))
                        .over(24);
        };
    }

    /** The paper's φ: moves x from one ᾱ to another along what {@code e} stands for. */
    private Tensor transfer(Tensor x, Tensor e, double alphaBar, double alphaBarNext) {
        Tensor x0 = extrapolates.x0(e, x, alphaBar);
        Tensor eps = extrapolates.eps(e, x, alphaBar);
        return x0.times(Math.sqrt(alphaBarNext)).plus(eps.times(Math.sqrt(1 - alphaBarNext)));
    }
}
