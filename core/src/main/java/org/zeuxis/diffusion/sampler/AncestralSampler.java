package org.zeuxis.diffusion.sampler;

import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.TimestepPreset;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * DDPM: draws each step from the posterior of the forward process, given the estimated data.
 *
 * <p>As in diffusers, noise is added after the last step too, unless that is timestep 0: of the small variance next to none.
 *
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, algorithm 2 and equation 7
 */
public record AncestralSampler(Respacing respacing, Variance variance, Beta betas) implements Sampler {
    private static final double LEAST_VARIANCE = 1e-20;

    /** The variance of a step. */
    public enum Variance {
        /** β̃, right for data that is a single point (section 3.2); diffusers' {@code fixed_small}. */
        SMALL,
        /** β, right for data that is standard normal; diffusers' {@code fixed_large}. */
        LARGE,
        /** What the network learned. */
        LEARNED,
        /**
         * Where between β̃ (−1) and β (1) it lies on a logarithmic scale, the network learned.
         *
         * @see <a href="https://arxiv.org/abs/2102.09672">Improved DDPM</a>, equation 15
         */
        LEARNED_RANGE
    }

    /** What a step takes for the variance that the forward process adds on the same way. */
    public enum Beta {
        /** What follows from ᾱ before and after the step. */
        OF_STEP,
        /**
         * The same as unCLIP's scheduler rounds it: β in float32, α as what is left of 1, and where the step leads to the very
         * next timestep β itself. Near the data that moves x0 by a thousandth, and from pure noise, where α is hardly above 0,
         * it keeps none of the noise.
         */
        ROUNDED
    }

    /** With the small variance. */
    public AncestralSampler(Respacing respacing) {
        this(respacing, Variance.SMALL);
    }

    public AncestralSampler(Respacing respacing, Variance variance) {
        this(respacing, variance, Beta.OF_STEP);
    }

    /** The same at other timesteps. */
    public AncestralSampler at(TimestepPreset preset) {
        return new AncestralSampler(Respacing.of(preset), variance, betas);
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        int[] times = respacing.timesteps(schedule);
        int first = start.first(times.length);
        Tensor xt = start.xt(schedule.level(times[first]));
        return Steps.run(first, times.length, xt, progress, (i, x, scope) -> {
            double alphaBar = schedule.alphaBar(times[i]);
            double alphaBarNext = i + 1 < times.length ? schedule.alphaBar(times[i + 1]) : 1;
            double alpha = alphaBar / alphaBarNext;
            double beta = 1 - alpha;
            if (betas == Beta.ROUNDED) {
                boolean next = times[i] - (i + 1 < times.length ? times[i + 1] : -1) == 1;
                beta = next ? schedule.beta(times[i]) : 1 - (float) alphaBar / (float) alphaBarNext;
                alpha = 1 - (float) beta;
            }
            Denoised denoised = denoiser.denoise(x, schedule.level(times[i]));
            Tensor x0 = denoised.x0();
            Tensor mean = x0.times(Math.sqrt(alphaBarNext) * beta / (1 - alphaBar))
                    .plus(x.times(Math.sqrt(alpha) * (1 - alphaBarNext) / (1 - alphaBar)));
            if (times[i] == 0) return new Steps.Arrival(mean, x0);
            double betaTilde = Math.max(LEAST_VARIANCE, (1 - alphaBarNext) / (1 - alphaBar) * beta);
            Tensor noise = seed.randn(x.shape());
            return new Steps.Arrival(mean.plus(scaled(noise, betaTilde, beta, denoised.variance())), x0);
        });
    }

    private Tensor scaled(Tensor noise, double betaTilde, double beta, @Nullable Tensor learned) {
        return switch (variance) {
            case SMALL -> noise.times(Math.sqrt(betaTilde));
            case LARGE -> noise.times(Math.sqrt(beta));
            case LEARNED -> present(learned).sqrt().times(noise);
            case LEARNED_RANGE -> {
                Tensor upwards = present(learned).plus(1).over(2);
                double least = Math.log(betaTilde);
                yield upwards.times(Math.log(beta) - least)
                        .plus(least)
                        .over(2)
                        .exp()
                        .times(noise);
            }
        };
    }

    private static Tensor present(@Nullable Tensor learned) {
        if (learned != null) return learned;
        throw new IllegalArgumentException(
                "expected a network that learned its variance, got one that did not; use the small or the large variance");
    }
}
