package org.zeuxis.diffusion.scheduler;

import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Network;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.schedule.NoiseSchedule;

/**
 * All that a configuration says of one sampler: the noise it removes, what the network predicts, and its own settings.
 *
 * @param learnsVariance whether half of the network's channels tell the variance of the reverse step
 * @param thresholding what the configuration asks for, around a denoiser
 * @param samplers the sampler that takes so many steps
 */
public record Scheduler(
        NoiseSchedule schedule,
        Parameterization predicts,
        boolean learnsVariance,
        UnaryOperator<Denoiser> thresholding,
        IntFunction<Sampler> samplers) {

    /** Of a network that learned no variance, without thresholding. */
    static Scheduler plain(NoiseSchedule schedule, Parameterization predicts, IntFunction<Sampler> samplers) {
        return new Scheduler(schedule, predicts, false, UnaryOperator.identity(), samplers);
    }

    /** What samplers see of a network, before any guidance and thresholding. */
    public Denoiser denoiser(Network network) {
        return learnsVariance ? Denoiser.withLearnedVariance(network, predicts) : Denoiser.of(network, predicts);
    }

    /** @throws IllegalArgumentException if there are fewer than {@code steps} train timesteps to choose from */
    public Sampler sampler(int steps) {
        if (steps > schedule.trainSteps()) {
            throw new IllegalArgumentException("expected at most " + schedule.trainSteps() + " steps, got " + steps);
        }
        return samplers.apply(steps);
    }
}
