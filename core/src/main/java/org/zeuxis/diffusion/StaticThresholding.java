package org.zeuxis.diffusion;

import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

/**
 * Static thresholding: clips the estimated data to the range that data has.
 *
 * @param range data lies from −range to range
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.3
 */
public record StaticThresholding(Denoiser denoiser, double range) implements Denoiser {
    /** @throws IllegalArgumentException if {@code range} is not above 0 */
    public StaticThresholding {
        if (!(range > 0)) throw new IllegalArgumentException("expected a range above 0, got " + range);
    }

    /** For data from −1 to 1. */
    public StaticThresholding(Denoiser denoiser) {
        this(denoiser, 1);
    }

    @Override
    public Denoised denoise(Tensor xt, NoiseLevel level) {
        Denoised denoised = denoiser.denoise(xt, level);
        return denoised.clipped(denoised.x0().clamp(-range, range));
    }
}
