package org.zeuxis.diffusion.scheduler;

import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.sampler.EulerAncestralSampler;
import org.zeuxis.diffusion.sampler.EulerSampler;
import org.zeuxis.diffusion.sampler.HeunSampler;
import org.zeuxis.diffusion.sampler.LmsSampler;
import org.zeuxis.diffusion.sampler.MidpointSampler;
import org.zeuxis.diffusion.sampler.MidpointSampler.Fresh;
import org.zeuxis.diffusion.sampler.MidpointSampler.Held;
import org.zeuxis.diffusion.schedule.EdmDiscretization;
import org.zeuxis.diffusion.schedule.EdmDiscretization.Interpolation;
import org.zeuxis.diffusion.schedule.EdmDiscretization.Told;
import org.zeuxis.diffusion.schedule.End;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.diffusion.schedule.SigmaRange;
import org.zeuxis.diffusion.schedule.SigmaSpacing;

/** What diffusers' schedulers after k-diffusion read, whose steps are taken in σ. */
final class SigmaSchedulers {
    private static final double BETA_START = 0.0001;
    private static final double BETA_END = 0.02;

    private SigmaSchedulers() {}

    static Scheduler lms(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        SigmaSpacing spacing = k.sigmaSpacing();
        // that of Karras has its own ends
        SigmaRange range = spacing == SigmaSpacing.KARRAS ? new SigmaRange(spacing) : k.range(spacing);
        return Scheduler.plain(
                k.schedule(BETA_START, BETA_END, false),
                k.predicts(),
                steps -> new LmsSampler(edm(spaced.apply(steps), range)));
    }

    private static EdmDiscretization edm(Respacing respacing, @Nullable SigmaRange range) {
        return new EdmDiscretization(respacing, range, Interpolation.LINEAR, Told.TIMESTEP, End.DATA);
    }

    static Scheduler euler(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        SigmaRange range = k.range(k.sigmaSpacing());
        Interpolation interpolation = k.choice(
                "interpolation_type",
                "linear",
                Map.of("linear", Interpolation.LINEAR, "log_linear", Interpolation.LOG_LINEAR));
        Parameterization predicts = k.predicts();
        Told continuous = predicts == Parameterization.V ? Told.LOG_SIGMA : Told.TIMESTEP;
        Told told = k.choice("timestep_type", "discrete", Map.of("discrete", Told.TIMESTEP, "continuous", continuous));
        End end = k.end();
        return Scheduler.plain(
                k.schedule(BETA_START, BETA_END, true),
                predicts,
                steps -> new EulerSampler(new EdmDiscretization(spaced.apply(steps), range, interpolation, told, end)));
    }

    static Scheduler eulerAncestral(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        return Scheduler.plain(
                k.schedule(BETA_START, BETA_END, true),
                k.predictsNoiseOrVelocity(),
                steps -> new EulerAncestralSampler(new EdmDiscretization(spaced.apply(steps))));
    }

    static Scheduler heun(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        SigmaRange range = k.range(k.sigmaSpacing());
        return new Scheduler(
                k.schedule(0.00085, 0.012, false, "exp"),
                k.predicts(),
                false,
                k.clipping(false),
                steps -> new HeunSampler(edm(spaced.apply(steps), range)));
    }

    static Scheduler kdpm2(SchedulerKeys k) {
        return midpoint(k, Held.NOISE, Fresh.NEVER);
    }

    static Scheduler kdpm2Ancestral(SchedulerKeys k) {
        return midpoint(k, Held.NOISE, Fresh.AT_END);
    }

    /** As diffusers would, which has no such class. */
    static Scheduler dpm2sAncestral(SchedulerKeys k) {
        return midpoint(k, Held.DATA, Fresh.AT_END);
    }

    static Scheduler dpmSde(SchedulerKeys k) {
        k.empty("noise_sampler_seed");
        return midpoint(k, Held.DATA, Fresh.IN_MIDDLE_AND_AT_END);
    }

    private static Scheduler midpoint(SchedulerKeys k, Held held, Fresh fresh) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        SigmaSpacing spacing = k.sigmaSpacing();
        boolean karras = spacing == SigmaSpacing.KARRAS;
        boolean sde = fresh == Fresh.IN_MIDDLE_AND_AT_END;
        // as in diffusers: this one has its own ends, the others round
        SigmaRange range = karras && sde ? new SigmaRange(SigmaSpacing.KARRAS) : k.range(spacing);
        Told told = karras && !sde ? Told.WHOLE_TIMESTEP : Told.TIMESTEP;
        return Scheduler.plain(
                k.schedule(0.00085, 0.012, false),
                k.predictsNoiseOrVelocity(),
                steps -> new MidpointSampler(
                        new EdmDiscretization(spaced.apply(steps), range, Interpolation.LINEAR, told, End.DATA),
                        held,
                        fresh));
    }
}
