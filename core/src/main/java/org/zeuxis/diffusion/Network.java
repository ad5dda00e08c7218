package org.zeuxis.diffusion;

import org.zeuxis.tensor.Tensor;

/** What is trained: predicts the noise, the data or the velocity of noisy data, as its {@link Parameterization} says. */
@FunctionalInterface
public interface Network {
    /**
     * @param xt [batch, …] noisy data, variance-preserving
     * @param t [batch] timesteps from 0 (data) to T − 1 (noise), float32; a sampler may ask for one between whole steps
     * @return [batch, …] of xt's shape, or twice its channels if the variance is learned
     */
    Tensor predict(Tensor xt, Tensor t);
}
