package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.NoiseLevel;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.tensor.Tensor;

/**
 * The steps of a sampler in the coordinates of EDM, where data keeps its size and noise of size σ lies upon it.
 *
 * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, table 1
 */
final class Sigmas {
    private final NoiseLevel[] levels; // [steps]
    private final boolean leading;

    Sigmas(Respacing respacing, NoiseSchedule schedule) {
        levels = respacing.levels(schedule);
        leading = respacing.spacing() == Respacing.Spacing.LEADING;
    }

    int steps() {
        return levels.length;
    }

    /** σ before step {@code i}; 0 after the last. */
    double at(int i) {
        return i < levels.length ? levels[i].sigma() : 0;
    }

    /** Noise as the first step expects it; the published samplers leave out the data's share unless spaced leading. */
    Tensor start(Tensor xT) {
        return xT.times(leading ? Math.hypot(at(0), 1) : at(0));
    }

    /** Denoises {@code x}, whose noise is of size {@code at(i)}. */
    Denoised denoise(Denoiser denoiser, Tensor x, int i) {
        return denoiser.denoise(x.over(Math.hypot(at(i), 1)), levels[i]);
    }
}
