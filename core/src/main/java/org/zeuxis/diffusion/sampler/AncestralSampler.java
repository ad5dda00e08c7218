package org.zeuxis.diffusion.sampler;

import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * DDPM: draws each step from the posterior of the forward process, given the estimated data.
 *
 * <p>If the network learned where the variance lies between {@link Variance#SMALL} and {@link Variance#LARGE}, that is
 * taken.
 *
 * @param variance the variance of a step where the network says nothing of it
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, algorithm 2 and equation 7
 */
public record AncestralSampler(Respacing respacing, Variance variance) implements Sampler {

    /** The two extremes of section 3.2. */
    public enum Variance {
        /** β̃, right for data that is a single point; diffusers' {@code fixed_small}. */
        SMALL,
        /** β, right for data that is standard normal; diffusers' {@code fixed_large}. */
        LARGE
    }

    /** With the small variance. */
    public AncestralSampler(Respacing respacing) {
        this(respacing, Variance.SMALL);
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Tensor xT, Seed seed, Progress progress) {
        int[] times = respacing.timesteps(schedule);
        return Steps.run(times.length, xT, progress, (i, x, scope) -> {
            double alphaBar = schedule.alphaBar(times[i]);
            double alphaBarNext = i + 1 < times.length ? schedule.alphaBar(times[i + 1]) : 1;
            double alpha = alphaBar / alphaBarNext;
            double beta = 1 - alpha;
            Denoised denoised = denoiser.denoise(x, schedule.level(times[i]));
            Tensor x0 = denoised.x0();
            Tensor mean = x0.times(Math.sqrt(alphaBarNext) * beta / (1 - alphaBar))
                    .plus(x.times(Math.sqrt(alpha) * (1 - alphaBarNext) / (1 - alphaBar)));
            if (i + 1 == times.length) return new Steps.Arrival(mean, x0);
            Tensor noise = seed.randn(x.shape());
            double betaTilde = (1 - alphaBarNext) / (1 - alphaBar) * beta;
            return new Steps.Arrival(mean.plus(scaled(noise, betaTilde, beta, denoised.varianceShare())), x0);
        });
    }

    private Tensor scaled(Tensor noise, double betaTilde, double beta, @Nullable Tensor share) {
        if (share == null) return noise.times(Math.sqrt(variance == Variance.SMALL ? betaTilde : beta));
        Tensor upwards = share.plus(1).over(2);
        double least = Math.log(betaTilde);
        return upwards.times(Math.log(beta) - least).plus(least).over(2).exp().times(noise);
    }
}
