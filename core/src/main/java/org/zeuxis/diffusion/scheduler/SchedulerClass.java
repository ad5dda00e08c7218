package org.zeuxis.diffusion.scheduler;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.sampler.AncestralSampler;
import org.zeuxis.diffusion.sampler.AncestralSampler.Variance;
import org.zeuxis.diffusion.sampler.DdimSampler;
import org.zeuxis.diffusion.sampler.DpmIntegral;
import org.zeuxis.diffusion.sampler.DpmSolver;
import org.zeuxis.diffusion.sampler.DpmSolver.SecondOrder;
import org.zeuxis.diffusion.sampler.EulerAncestralSampler;
import org.zeuxis.diffusion.sampler.EulerSampler;
import org.zeuxis.diffusion.sampler.HeunSampler;
import org.zeuxis.diffusion.sampler.LmsSampler;
import org.zeuxis.diffusion.sampler.PlmsSampler;
import org.zeuxis.diffusion.sampler.PndmSampler;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.UniPcSampler;
import org.zeuxis.diffusion.sampler.UniPcSampler.Scale;
import org.zeuxis.diffusion.schedule.DpmDiscretization;
import org.zeuxis.diffusion.schedule.EdmDiscretization;
import org.zeuxis.diffusion.schedule.EdmDiscretization.Interpolation;
import org.zeuxis.diffusion.schedule.EdmDiscretization.Told;
import org.zeuxis.diffusion.schedule.End;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.diffusion.schedule.SigmaRange;
import org.zeuxis.diffusion.schedule.SigmaSpacing;

/** A class of schedulers of diffusers: which keys it reads, what they default to, and the sampler that comes of them. */
enum SchedulerClass {
    DDPM("DDPMScheduler", "ddpm", SchedulerClass::ddpm),
    UNCLIP("UnCLIPScheduler", "ddpm", SchedulerClass::unClip),
    DDIM("DDIMScheduler", "ddim", SchedulerClass::ddim),
    PNDM("PNDMScheduler", "pndm", SchedulerClass::pndm),
    LMS("LMSDiscreteScheduler", "lms", SchedulerClass::lms),
    EULER("EulerDiscreteScheduler", "euler", SchedulerClass::euler),
    EULER_ANCESTRAL("EulerAncestralDiscreteScheduler", "euler-ancestral", SchedulerClass::eulerAncestral),
    HEUN("HeunDiscreteScheduler", "heun", SchedulerClass::heun),
    DPM_MULTISTEP("DPMSolverMultistepScheduler", "dpm++2m", SchedulerClass::dpmMultistep),
    UNIPC("UniPCMultistepScheduler", "unipc", SchedulerClass::uniPc);

    /** Which of ours comes nearest to a class that is not here. */
    private static final Map<String, String> NEAREST = Map.of(
            "DPMSolverSinglestepScheduler", "dpm++2m",
            "DPMSolverSDEScheduler", "dpm++2m-sde",
            "DEISMultistepScheduler", "unipc",
            "KDPM2DiscreteScheduler", "heun",
            "KDPM2AncestralDiscreteScheduler", "euler-ancestral");

    private static final double BETA_START = 0.0001;
    private static final double BETA_END = 0.02;

    private final String className;
    private final String sampler;
    private final Function<SchedulerKeys, Scheduler> reader;

    SchedulerClass(String className, String sampler, Function<SchedulerKeys, Scheduler> reader) {
        this.className = className;
        this.sampler = sampler;
        this.reader = reader;
    }

    /** That of diffusers' name, or null if there is none of it here. */
    static @Nullable SchedulerClass named(String className) {
        return Arrays.stream(values())
                .filter(known -> known.className.equals(className))
                .findFirst()
                .orElse(null);
    }

    static List<String> classNames() {
        return Arrays.stream(values()).map(known -> known.className).sorted().toList();
    }

    /** The name of a sampler to take instead of a class that is not here. */
    static String nearest(String className) {
        return NEAREST.getOrDefault(className, "ddim");
    }

    String className() {
        return className;
    }

    String sampler() {
        return sampler;
    }

    /** @throws org.zeuxis.config.ConfigException if the file asks for something that there is none of here */
    Scheduler read(Config c) {
        return reader.apply(new SchedulerKeys(c, "correct the file, or name another sampler"));
    }

    /** Refuses what no sampler could do with: the keys that all of them read. */
    static void check(Config c) {
        SchedulerKeys k = new SchedulerKeys(c, "correct the file");
        k.spaced(Spacing.LEADING);
        k.schedule(BETA_START, BETA_END, true, "sigmoid", "laplace", "exp");
        k.predicts();
    }

    private static Scheduler plain(NoiseSchedule schedule, Parameterization predicts, IntFunction<Sampler> samplers) {
        return new Scheduler(schedule, predicts, false, UnaryOperator.identity(), samplers);
    }

    private static Scheduler ddpm(SchedulerKeys k) {
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
    private static Scheduler unClip(SchedulerKeys k) {
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

    private static Scheduler ddim(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LEADING);
        boolean alphaToOne = k.flag("set_alpha_to_one", true);
        return new Scheduler(
                k.schedule(BETA_START, BETA_END, true),
                k.predicts(),
                false,
                k.thresholding(k.clipping(true)),
                steps -> new DdimSampler(spaced.apply(steps), 0, alphaToOne));
    }

    private static Scheduler pndm(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LEADING);
        boolean alphaToOne = k.flag("set_alpha_to_one", false);
        boolean plms = k.flag("skip_prk_steps", false);
        Parameterization predicts = k.predictsNoiseOrVelocity();
        return plain(
                k.schedule(BETA_START, BETA_END, false),
                predicts,
                steps -> plms
                        ? new PlmsSampler(spaced.apply(steps), alphaToOne, predicts)
                        : new PndmSampler(spaced.apply(steps), alphaToOne, predicts));
    }

    private static Scheduler lms(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        SigmaSpacing spacing = k.sigmaSpacing();
        // that of Karras has its own ends
        SigmaRange range = spacing == SigmaSpacing.KARRAS ? new SigmaRange(spacing) : k.range(spacing);
        return plain(
                k.schedule(BETA_START, BETA_END, false),
                k.predicts(),
                steps -> new LmsSampler(edm(spaced.apply(steps), range)));
    }

    private static EdmDiscretization edm(Respacing respacing, @Nullable SigmaRange range) {
        return new EdmDiscretization(respacing, range, Interpolation.LINEAR, Told.TIMESTEP, End.DATA);
    }

    private static Scheduler euler(SchedulerKeys k) {
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
        return plain(
                k.schedule(BETA_START, BETA_END, true),
                predicts,
                steps -> new EulerSampler(new EdmDiscretization(spaced.apply(steps), range, interpolation, told, end)));
    }

    private static Scheduler eulerAncestral(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        return plain(
                k.schedule(BETA_START, BETA_END, true),
                k.predictsNoiseOrVelocity(),
                steps -> new EulerAncestralSampler(new EdmDiscretization(spaced.apply(steps))));
    }

    private static Scheduler heun(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        SigmaRange range = k.range(k.sigmaSpacing());
        return new Scheduler(
                k.schedule(0.00085, 0.012, false, "exp"),
                k.predicts(),
                false,
                k.clipping(false),
                steps -> new HeunSampler(edm(spaced.apply(steps), range)));
    }

    private static Scheduler dpmMultistep(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        k.without("use_flow_sigmas");
        DpmIntegral integral = k.choice(
                "algorithm_type",
                "dpmsolver++",
                Map.of(
                        "dpmsolver++", DpmIntegral.DATA,
                        "deis", DpmIntegral.DATA,
                        "dpmsolver", DpmIntegral.NOISE,
                        "sde-dpmsolver++", DpmIntegral.DATA_SDE,
                        "sde-dpmsolver", DpmIntegral.NOISE_SDE));
        boolean ofNoise = integral == DpmIntegral.NOISE || integral == DpmIntegral.NOISE_SDE;
        End end = k.end();
        if (ofNoise && end == End.DATA) {
            throw k.wrong("final_sigmas_type", "sigma_min, as this algorithm_type divides by the last noise", "zero");
        }
        int order = k.whole("solver_order", 2, 1, integral == DpmIntegral.NOISE_SDE ? 2 : 3);
        SecondOrder second = k.choice(
                "solver_type",
                "midpoint",
                Map.of(
                        "midpoint", SecondOrder.MIDPOINT,
                        "heun", SecondOrder.HEUN,
                        "logrho", SecondOrder.MIDPOINT,
                        "bh1", SecondOrder.MIDPOINT,
                        "bh2", SecondOrder.MIDPOINT));
        boolean lowerAtEnd = k.flag("lower_order_final", true);
        boolean firstAtEnd = k.flag("euler_at_final", false);
        boolean learned = k.text("variance_type", "").startsWith("learned");
        SigmaSpacing spacing = k.sigmaSpacing();
        // where both are asked for, that of Karras is taken
        boolean evenLambdas = k.flag("use_lu_lambdas", false) && spacing != SigmaSpacing.KARRAS;
        SigmaRange range = evenLambdas ? new SigmaRange(SigmaSpacing.EXPONENTIAL) : k.range(spacing);
        boolean rounded = (evenLambdas || spacing == SigmaSpacing.KARRAS)
                && !k.text("beta_schedule", "linear").equals("squaredcos_cap_v2");
        double leastLambda = k.number("lambda_min_clipped", Double.NEGATIVE_INFINITY);
        NoiseSchedule schedule = k.schedule(BETA_START, BETA_END, true);
        double mostLambda = -Math.log(schedule.sigma(0));
        if (!(leastLambda < mostLambda)) throw k.wrong("lambda_min_clipped", "below " + mostLambda, leastLambda);
        return new Scheduler(
                schedule,
                k.predicts(),
                learned,
                k.thresholding(UnaryOperator.identity()),
                steps -> new DpmSolver(
                        new DpmDiscretization(spaced.apply(steps), range, rounded, leastLambda, end),
                        integral,
                        order,
                        second,
                        lowerAtEnd,
                        firstAtEnd));
    }

    private static Scheduler uniPc(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        k.without("use_flow_sigmas");
        k.without("use_dynamic_shifting");
        k.empty("shift_terminal");
        k.empty("solver_p");
        boolean ofData = k.flag("predict_x0", true);
        boolean lowerAtEnd = k.flag("lower_order_final", true);
        Scale scale = k.choice(
                "solver_type",
                "bh2",
                Map.of(
                        "bh1", Scale.LINEAR,
                        "bh2", Scale.EXPONENTIAL,
                        "midpoint", Scale.EXPONENTIAL,
                        "heun", Scale.EXPONENTIAL,
                        "logrho", Scale.EXPONENTIAL));
        int order = k.whole("solver_order", 2, 1, 3);
        SigmaSpacing spacing = k.sigmaSpacing();
        SigmaRange range = k.range(spacing);
        End end = k.end();
        if (end == End.DATA && !(ofData && scale == Scale.EXPONENTIAL && (lowerAtEnd || order == 1))) {
            throw k.wrong(
                    "final_sigmas_type",
                    "sigma_min unless predict_x0 and lower_order_final are true and solver_type is bh2, as the last step"
                            + " would not be finite",
                    "zero");
        }
        if (end == End.LEAST_NOISE && range != null && !lowerAtEnd && order > 1) {
            throw k.wrong("lower_order_final", "true, as the last step is of no length", "false");
        }
        End last = end == End.LEAST_NOISE && range != null ? End.LAST_VISITED : end;
        Set<Integer> uncorrected = Set.copyOf(k.integers("disable_corrector"));
        UnaryOperator<Denoiser> thresholding = k.thresholding(UnaryOperator.identity());
        return new Scheduler(
                k.schedule(BETA_START, BETA_END, true),
                k.predicts(),
                false,
                // as in diffusers, the noise is not thresholded
                ofData ? thresholding : UnaryOperator.identity(),
                steps -> new UniPcSampler(
                        new DpmDiscretization(
                                spaced.apply(steps),
                                range,
                                spacing == SigmaSpacing.KARRAS,
                                Double.NEGATIVE_INFINITY,
                                last),
                        ofData ? DpmIntegral.DATA : DpmIntegral.NOISE,
                        scale,
                        order,
                        lowerAtEnd,
                        uncorrected));
    }
}
