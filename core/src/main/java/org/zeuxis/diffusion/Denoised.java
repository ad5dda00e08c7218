package org.zeuxis.diffusion;

import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Tensor;

/**
 * What a denoiser makes of noisy data.
 *
 * @param x0 [batch, …] its estimate of the data
 * @param varianceShare [batch, …] where between its least (−1) and its largest (1) the variance of the reverse step lies,
 *     on a logarithmic scale; null unless the network learned it
 * @see <a href="https://arxiv.org/abs/2102.09672">Improved DDPM</a>, equation 15
 */
public record Denoised(Tensor x0, @Nullable Tensor varianceShare) {
    public Denoised(Tensor x0) {
        this(x0, null);
    }

    /** The same with another estimate of the data. */
    public Denoised withX0(Tensor x0) {
        return new Denoised(x0, varianceShare);
    }
}
