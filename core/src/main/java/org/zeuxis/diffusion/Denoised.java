package org.zeuxis.diffusion;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Tensor;

/**
 * What a denoiser makes of noisy data.
 *
 * @param x0 [batch, …] its estimate of the data
 * @param unclipped [batch, …] the same before any thresholding: what the network's own noise follows from
 * @param variance [batch, …] what the network says of the variance of the reverse step, on the scale of the sampler that
 *     asks; null unless it learned it
 * @see <a href="https://arxiv.org/abs/2102.09672">Improved DDPM</a>, equation 15
 */
public record Denoised(
        Tensor x0, Tensor unclipped, @Nullable Tensor variance) {
    public Denoised(Tensor x0) {
        this(x0, x0, null);
    }

    /** The same with another estimate of the data. */
    public Denoised withX0(Tensor x0) {
        return new Denoised(x0, x0, variance);
    }

    /** The same with its estimate of the data moved to where data can be. */
    Denoised clipped(Tensor x0) {
        return new Denoised(x0, unclipped, variance);
    }
}
