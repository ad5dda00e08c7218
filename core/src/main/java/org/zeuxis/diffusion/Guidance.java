package org.zeuxis.diffusion;

import java.util.List;
import java.util.function.Function;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

/**
 * Classifier-free guidance: extrapolates from the unconditional estimate through the conditional one.
 *
 * <p>At scale 1 it is the conditional denoiser, bit for bit.
 *
 * @param scale 1 + w of the paper: 0 ignores the condition, 1 follows it, above 1 exaggerates it
 * @see <a href="https://arxiv.org/abs/2207.12598">Classifier-free diffusion guidance</a>, equation 6
 */
public record Guidance(Denoiser conditional, Denoiser unconditional, double scale) implements Denoiser {
    public Guidance {
        check(scale);
    }

    /**
     * The same with one call of the network for both, on a batch twice as long.
     *
     * @param given the network's denoiser under a condition
     * @param condition [batch, …]
     * @param none [batch, …] what stands for no condition, or for what the picture should not be
     */
    public static Denoiser batched(Function<Tensor, Denoiser> given, Tensor condition, Tensor none, double scale) {
        check(scale);
        return scale == 1 ? given.apply(condition) : batched(given.apply(Tensor.cat(0, none, condition)), scale);
    }

    /**
     * The same for a network that was already given both conditions: the first half of its batch is without, the second
     * with.
     */
    public static Denoiser batched(Denoiser both, double scale) {
        check(scale);
        return (xt, level) -> {
            Denoised denoised = both.denoise(Tensor.cat(0, xt, xt), level);
            List<Tensor> x0 = denoised.x0().chunk(2, 0);
            Tensor guided = guide(x0.get(0), x0.get(1), scale);
            Tensor variance = denoised.variance();
            return new Denoised(
                    guided,
                    guided,
                    variance == null ? null : variance.chunk(2, 0).get(1));
        };
    }

    @Override
    public Denoised denoise(Tensor xt, NoiseLevel level) {
        Denoised with = conditional.denoise(xt, level);
        if (scale == 1) return with;
        Tensor without = unconditional.denoise(xt, level).x0();
        return with.withX0(guide(without, with.x0(), scale));
    }

    // x0 is affine in the noise and in the velocity, so to guide it is to guide them
    private static Tensor guide(Tensor without, Tensor with, double scale) {
        return without.plus(with.minus(without).times(scale));
    }

    private static void check(double scale) {
        if (!(scale >= 0 && scale < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a guidance scale of at least 0, such as 7.5, got " + scale);
        }
    }
}
