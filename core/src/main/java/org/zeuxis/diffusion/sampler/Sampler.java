package org.zeuxis.diffusion.sampler;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** A way from noise to data, or from data with noise upon it; it keeps nothing between calls and records no gradients. */
public interface Sampler {
    /**
     * @param schedule the one {@code denoiser} was trained on
     * @param start noise and the first step, or data under noise and a later one
     * @param seed the noise of the steps is drawn from it, in the order diffusers draws it; unused by samplers that add
     *     none
     * @param progress told after each step; what it throws ends the sampling
     * @return [batch, …] data
     * @throws IllegalArgumentException if {@code schedule} has fewer timesteps than the sampler is to visit,
     *     or it takes no more steps than are left out
     */
    Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress);

    /** The same, telling nobody. */
    default Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed) {
        return sample(denoiser, schedule, start, seed, Progress.NONE);
    }
}
