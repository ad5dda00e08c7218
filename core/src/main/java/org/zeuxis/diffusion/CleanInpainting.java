package org.zeuxis.diffusion;

import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

/**
 * Inpainting as DeepFloyd's pipelines have it: what is known of the data is shown as it is at every level, without noise.
 *
 * @param known [batch, …] data
 * @param mask [batch, 1, …] 0 where the data is known, 1 where it is not
 * @see Inpainting for what is known under the noise of the level
 */
public record CleanInpainting(Denoiser denoiser, Tensor known, Tensor mask) implements Denoiser {
    @Override
    public Denoised denoise(Tensor xt, NoiseLevel level) {
        Denoised denoised = denoiser.denoise(in(xt), level);
        return new Denoised(in(denoised.x0()), in(denoised.unclipped()), denoised.variance());
    }

    /** {@code x} with what is known put back. */
    public Tensor in(Tensor x) {
        return x.times(mask).plus(known.times(mask.negate().plus(1)));
    }
}
