package org.zeuxis.diffusion.scheduler;

import java.util.Map;
import java.util.function.IntFunction;
import org.zeuxis.diffusion.ConsistencyBoundary;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.sampler.AncestralSampler;
import org.zeuxis.diffusion.sampler.AncestralSampler.Variance;
import org.zeuxis.diffusion.sampler.ConsistencySampler;
import org.zeuxis.diffusion.sampler.DdimSampler;
import org.zeuxis.diffusion.sampler.PlmsSampler;
import org.zeuxis.diffusion.sampler.PndmSampler;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;

/** What diffusers' schedulers that visit whole train timesteps read. */
final class TimestepSchedulers {
    private static final double BETA_START = 0.0001;
    private static final double BETA_END = 0.02;

    private static final double DISTILLED_BETA_START = 0.00085;
    private static final double DISTILLED_BETA_END = 0.012;
    private static final double TCD_GAMMA = 0.3;

    private TimestepSchedulers() {}

    static Scheduler ddpm(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LEADING);
        // fixed_large_log is no number in diffusers
        Variance variance = k.choice(
                "variance_type",
                "fixed_small",
                Map.of(
                        "fixed_small", Variance.SMALL,
                        "fixed_small_log", Variance.SMALL,
                        "fixed_large", Variance.LARGE,
                        "learned", Variance.LEARNED,
                        "learned_range", Variance.LEARNED_RANGE));
        return new Scheduler(
                k.schedule(BETA_START, BETA_END, true, "sigmoid", "laplace"),
                k.predicts(),
                variance == Variance.LEARNED || variance == Variance.LEARNED_RANGE,
                k.thresholding(k.clipping(true)),
                steps -> new AncestralSampler(spaced.apply(steps), variance));
    }

    /** DDPM from the last train timestep to the first, with cosine noise. */
    static Scheduler unClip(SchedulerKeys k) {
        Variance variance = k.choice(
                "variance_type",
                "fixed_small_log",
                Map.of("fixed_small_log", Variance.SMALL, "learned_range", Variance.LEARNED_RANGE));
        return new Scheduler(
                k.cosineSchedule(),
                k.predictsNoiseOrData(),
                variance == Variance.LEARNED_RANGE,
                k.clipping(true),
                steps -> new AncestralSampler(Respacing.linspace(steps), variance, AncestralSampler.Beta.ROUNDED));
    }

    static Scheduler ddim(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LEADING);
        boolean alphaToOne = k.flag("set_alpha_to_one", true);
        return new Scheduler(
                k.schedule(BETA_START, BETA_END, true),
                k.predicts(),
                false,
                k.thresholding(k.clipping(true)),
                steps -> new DdimSampler(spaced.apply(steps), 0, alphaToOne));
    }

    static Scheduler pndm(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LEADING);
        boolean alphaToOne = k.flag("set_alpha_to_one", false);
        boolean plms = k.flag("skip_prk_steps", false);
        Parameterization predicts = k.predictsNoiseOrVelocity();
        return Scheduler.plain(
                k.schedule(BETA_START, BETA_END, false),
                predicts,
                steps -> plms
                        ? new PlmsSampler(spaced.apply(steps), alphaToOne, predicts)
                        : new PndmSampler(spaced.apply(steps), alphaToOne, predicts));
    }

    static Scheduler lcm(SchedulerKeys k) {
        ConsistencyBoundary boundary = new ConsistencyBoundary(
                k.above("timestep_scaling", ConsistencyBoundary.PUBLISHED.scaling(), 0, Double.MAX_VALUE));
        NoiseSchedule schedule = k.scaledSchedule(DISTILLED_BETA_START, DISTILLED_BETA_END);
        int distilled = k.whole("original_inference_steps", 50, 1, schedule.trainSteps());
        return new Scheduler(
                schedule,
                k.predicts(),
                false,
                k.thresholding(k.clipping(false)),
                steps -> new ConsistencySampler(steps, distilled, new ConsistencySampler.AtData(boundary)));
    }

    /** With the share of fresh noise that diffusers' class has, where a pipeline does not give its own. */
    static Scheduler tcd(SchedulerKeys k) {
        NoiseSchedule schedule = k.scaledSchedule(DISTILLED_BETA_START, DISTILLED_BETA_END);
        int distilled = k.whole("original_inference_steps", 50, 1, schedule.trainSteps());
        return Scheduler.plain(
                schedule,
                k.predicts(),
                steps -> new ConsistencySampler(steps, distilled, new ConsistencySampler.OnTrajectory(TCD_GAMMA)));
    }
}
