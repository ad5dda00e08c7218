package org.zeuxis.planted.diffusion;

import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

record WrapsNothing() implements Denoiser {
    @Override
    public Denoised denoise(Tensor xt, NoiseLevel level) {
        return new Denoised(xt);
    }
}
