package org.zeuxis.diffusion;

import java.util.List;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

/**
 * Estimates the data behind noisy data: the one convention by which samplers see a network, whatever it predicts.
 *
 * <p>The noise is not returned but implied, {@code eps = (xt − √ᾱ x0) / √(1 − ᾱ)}, so that clipping or guiding x0 moves
 * both, and a schedule that ends in pure noise (ᾱ = 0) divides by nothing.
 *
 * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, equation 1
 */
@FunctionalInterface
public interface Denoiser {
    /** @param xt [batch, …] noisy data {@code √ᾱ x0 + √(1 − ᾱ) eps}: variance-preserving, whichever sampler asks */
    Denoised denoise(Tensor xt, NoiseLevel level);

    /** The denoiser that {@code network} is when it was trained to predict {@code predicts}. */
    static Denoiser of(Network network, Parameterization predicts) {
        return (xt, level) -> {
            Tensor prediction = network.predict(xt, timesteps(level, xt));
            return new Denoised(predicts.x0(prediction, xt, level.alphaBar()));
        };
    }

    /** The same for a network whose second half of channels tells the variance of the reverse step. */
    static Denoiser withLearnedVariance(Network network, Parameterization predicts) {
        return (xt, level) -> {
            List<Tensor> halves = network.predict(xt, timesteps(level, xt)).chunk(2, 1);
            Tensor x0 = predicts.x0(halves.get(0), xt, level.alphaBar());
            return new Denoised(x0, x0, halves.get(1));
        };
    }

    private static Tensor timesteps(NoiseLevel level, Tensor xt) {
        return Tensor.full(level.t(), xt.size(0));
    }
}
