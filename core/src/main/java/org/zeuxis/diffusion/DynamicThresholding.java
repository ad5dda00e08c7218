package org.zeuxis.diffusion;

import java.util.Arrays;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

/**
 * Dynamic thresholding: pushes saturated pixels inwards by clipping each sample at a percentile of its own.
 *
 * @param percentile the share of pixels left as they are; Imagen's is 0.995
 * @param most the largest value to clip at
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.3
 */
public record DynamicThresholding(Denoiser denoiser, double percentile, double most) implements Denoiser {
    public DynamicThresholding {
        if (!(percentile > 0 && percentile <= 1) || !(most > 0)) {
            throw new IllegalArgumentException(
                    "expected a percentile above 0 and at most 1, and a largest value above 0" + ", got " + percentile
                            + " and " + most);
        }
    }

    /** Without a largest value, as in the paper. */
    public DynamicThresholding(Denoiser denoiser, double percentile) {
        this(denoiser, percentile, Double.POSITIVE_INFINITY);
    }

    @Override
    public Denoised denoise(Tensor xt, NoiseLevel level) {
        Denoised denoised = denoiser.denoise(xt, level);
        Tensor x0 = denoised.x0();
        long[] perSample = new long[x0.rank()];
        Arrays.fill(perSample, 1);
        perSample[0] = x0.size(0);
        Tensor s = x0.abs()
                .reshape(x0.size(0), -1)
                .quantile(percentile)
                .clamp(1, most)
                .reshape(perSample);
        return denoised.clipped(x0.over(s).clamp(-1, 1));
    }
}
