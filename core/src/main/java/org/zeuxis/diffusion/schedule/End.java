package org.zeuxis.diffusion.schedule;

/** Where the last step of a sampler arrives. */
public enum End {
    /** No noise is left. */
    DATA,
    /** The noise of the first train timestep is left, {@code sigma_min}. */
    LEAST_NOISE,
    /** Nowhere: the noise of the last level visited is left. */
    LAST_VISITED
}
