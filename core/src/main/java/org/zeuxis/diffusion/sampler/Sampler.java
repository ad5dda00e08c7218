package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** A way from noise to data; it keeps nothing between calls and records no gradients. */
public interface Sampler {
    /**
     * @param schedule the one {@code denoiser} was trained on
     * @param xT [batch, …] standard normal noise, float32
     * @param seed the noise of the steps is drawn from it, in the order diffusers draws it; unused by samplers that add
     *     none
     * @param progress told after each step; what it throws ends the sampling
     * @return [batch, …] data
     * @throws IllegalArgumentException if {@code schedule} has fewer timesteps than the sampler is to visit
     */
    Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Tensor xT, Seed seed, Progress progress);

    /** The same, telling nobody. */
    default Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Tensor xT, Seed seed) {
        return sample(denoiser, schedule, xT, seed, Progress.NONE);
    }
}
