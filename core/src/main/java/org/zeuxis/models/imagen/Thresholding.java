package org.zeuxis.models.imagen;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.DynamicThresholding;
import org.zeuxis.diffusion.StaticThresholding;
import org.zeuxis.diffusion.scheduler.Scheduler;

/**
 * What becomes of pixels that guidance drives beyond black and white.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.3
 */
public enum Thresholding {
    /** What the stage's scheduler says: in DeepFloyd's and in those trained here the dynamic one, by a percentile of its own. */
    PUBLISHED {
        @Override
        Denoiser around(Denoiser denoiser, Scheduler sampling) {
            return sampling.thresholding().apply(denoiser);
        }
    },
    /** They are clipped at a percentile of the picture's, 99.5, and all of it is divided by that. */
    DYNAMIC {
        @Override
        Denoiser around(Denoiser denoiser, Scheduler sampling) {
            return new DynamicThresholding(denoiser, PERCENTILE);
        }
    },
    /** They are clipped at black and white. */
    STATIC {
        @Override
        Denoiser around(Denoiser denoiser, Scheduler sampling) {
            return new StaticThresholding(denoiser, 1);
        }
    },
    /** Nothing, until the picture is done. */
    NONE {
        @Override
        Denoiser around(Denoiser denoiser, Scheduler sampling) {
            return denoiser;
        }
    };

    private static final double PERCENTILE = 0.995;

    abstract Denoiser around(Denoiser denoiser, Scheduler sampling);
}
