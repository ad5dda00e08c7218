package org.zeuxis.diffusion;

import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

/**
 * Inpainting by a network that was not trained for it: it is shown what is known of the data under the noise of the level,
 * whatever the sampler made of it.
 *
 * @see <a href="https://arxiv.org/abs/2201.09865">RePaint</a>, equation 8, without its resampling
 */
public record Inpainting(Denoiser denoiser, Known known) implements Denoiser {
    /**
     * What is known of the data.
     *
     * @param x0 [batch, …] data
     * @param noise [batch, …] what it is shown under, the same at every level
     * @param mask [batch, 1, …] 0 where the data is known, 1 where it is not
     */
    public record Known(Tensor x0, Tensor noise, Tensor mask) {
        /** {@code x} with what is known put back. */
        public Tensor in(Tensor x) {
            return joined(x, x0);
        }

        private Tensor under(NoiseLevel level, Tensor xt) {
            double alphaBar = level.alphaBar();
            return joined(xt, x0.times(Math.sqrt(alphaBar)).plus(noise.times(Math.sqrt(1 - alphaBar))));
        }

        private Tensor joined(Tensor unknown, Tensor known) {
            return unknown.times(mask).plus(known.times(mask.negate().plus(1)));
        }
    }

    @Override
    public Denoised denoise(Tensor xt, NoiseLevel level) {
        Denoised denoised = denoiser.denoise(known.under(level, xt), level);
        return new Denoised(known.in(denoised.x0()), known.in(denoised.unclipped()), denoised.variance());
    }
}
