package org.zeuxis.diffusion.sampler;

import org.zeuxis.tensor.Tensor;

/** Told after each step of a sampler; cancels it by throwing. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (step, steps, x0) -> {};

    /**
     * @param step which step is done, from 1 to {@code steps}
     * @param x0 [batch, …] what the data looks like so far; freed once this returns
     */
    void done(int step, int steps, Tensor x0);
}
