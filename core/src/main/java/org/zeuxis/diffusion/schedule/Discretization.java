package org.zeuxis.diffusion.schedule;

/**
 * Which noise levels of a schedule a sampler visits.
 *
 * @see <a href="https://arxiv.org/abs/2206.00364">EDM</a>, table 1, time steps
 */
@FunctionalInterface
public interface Discretization {
    /** @throws IllegalArgumentException if {@code schedule} has fewer timesteps than are to be visited */
    NoiseLevels of(NoiseSchedule schedule);
}
