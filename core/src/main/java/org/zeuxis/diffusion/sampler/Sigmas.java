package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.tensor.Tensor;

/**
 * The timesteps of a respacing in the coordinates of EDM, where data keeps its size and noise of size σ lies upon it.
 *
 * @param times [steps] timesteps, highest first
 * @param sigmas [steps + 1] the noise at each, then 0
 * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, table 1
 */
record Sigmas(double[] times, double[] sigmas, Respacing.Spacing spacing) {

    static Sigmas of(Respacing respacing, NoiseSchedule schedule) {
        double[] times = respacing.times(schedule);
        double[] sigmas = new double[times.length + 1];
        for (int i = 0; i < times.length; i++) sigmas[i] = (float) schedule.sigma(times[i]);
        return new Sigmas(times, sigmas, respacing.spacing());
    }

    int steps() {
        return times.length;
    }

    double at(int i) {
        return sigmas[i];
    }

    /** Noise as the first step expects it; the published samplers leave out the data's share unless spaced leading. */
    Tensor start(Tensor xT) {
        double sigma = sigmas[0];
        return xT.times(spacing == Respacing.Spacing.LEADING ? Math.hypot(sigma, 1) : sigma);
    }

    /** Denoises {@code x}, whose noise is of size σ of step {@code i}. */
    Denoised denoise(Denoiser denoiser, Tensor x, int i) {
        return denoiser.denoise(x.over(Math.hypot(sigmas[i], 1)), times[i]);
    }
}
