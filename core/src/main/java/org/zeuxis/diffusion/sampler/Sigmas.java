package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.diffusion.schedule.NoiseLevels;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Tensor;

/**
 * The steps of a sampler in the coordinates of EDM, where data keeps its size and noise of size σ lies upon it.
 *
 * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, table 1
 */
record Sigmas(NoiseLevels levels) {
    Sigmas(Discretization discretization, NoiseSchedule schedule) {
        this(discretization.of(schedule));
    }

    int steps() {
        return levels.steps();
    }

    /** σ before step {@code i}; after the last, that of the end. */
    double at(int i) {
        return levels.sigma(i);
    }

    /** Noise, or data under noise, as the first step expects it. */
    Tensor start(Start start) {
        int first = start.first(steps());
        double size = Math.hypot(at(first), 1);
        return start.xt(levels.at(first)).times(start.data() == null ? levels.start() * size : size);
    }

    /** Denoises {@code x}, whose noise is of size {@code at(i)}. */
    Denoised denoise(Denoiser denoiser, Tensor x, int i) {
        return denoise(denoiser, x, levels.at(i));
    }

    /** The same at a level that may lie between those of the steps. */
    static Denoised denoise(Denoiser denoiser, Tensor x, NoiseLevel level) {
        return denoiser.denoise(x.over(Math.hypot(level.sigma(), 1)), level);
    }
}
