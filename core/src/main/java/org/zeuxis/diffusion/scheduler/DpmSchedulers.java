package org.zeuxis.diffusion.scheduler;

import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.sampler.dpm.DpmIntegral;
import org.zeuxis.diffusion.sampler.dpm.DpmSolver;
import org.zeuxis.diffusion.sampler.dpm.DpmSolver.SecondOrder;
import org.zeuxis.diffusion.sampler.dpm.SinglestepDpmSolver;
import org.zeuxis.diffusion.sampler.dpm.UniPcSampler;
import org.zeuxis.diffusion.sampler.dpm.UniPcSampler.Scale;
import org.zeuxis.diffusion.schedule.DpmDiscretization;
import org.zeuxis.diffusion.schedule.End;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.diffusion.schedule.SigmaRange;
import org.zeuxis.diffusion.schedule.SigmaSpacing;

/** What diffusers' solvers of DPM read, and those near to them. */
final class DpmSchedulers {
    private static final double BETA_START = 0.0001;
    private static final double BETA_END = 0.02;

    private DpmSchedulers() {}

    static Scheduler multistep(SchedulerKeys k) {
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
        if (ofNoise && end == End.DATA) throw k.dividesByTheLastNoise();
        int order = k.whole("solver_order", 2, 1, integral == DpmIntegral.NOISE_SDE ? 2 : 3);
        SecondOrder second = k.secondOrder();
        boolean lowerAtEnd = k.flag("lower_order_final", true);
        boolean firstAtEnd = k.flag("euler_at_final", false);
        boolean learned = k.text("variance_type", "").startsWith("learned");
        SigmaSpacing spacing = k.sigmaSpacing();
        // where both are asked for, that of Karras is taken
        boolean evenLambdas = k.flag("use_lu_lambdas", false) && spacing != SigmaSpacing.KARRAS;
        SigmaRange range = evenLambdas ? new SigmaRange(SigmaSpacing.EXPONENTIAL) : k.range(spacing);
        boolean rounded = (evenLambdas || spacing == SigmaSpacing.KARRAS)
                && !k.text("beta_schedule", "linear").equals("squaredcos_cap_v2");
        NoiseSchedule schedule = k.schedule(BETA_START, BETA_END, true);
        double leastLambda = k.leastLambda(schedule);
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

    static Scheduler singlestep(SchedulerKeys k) {
        k.without("use_flow_sigmas");
        k.without("use_dynamic_shifting");
        DpmIntegral integral = k.choice(
                "algorithm_type",
                "dpmsolver++",
                Map.of(
                        "dpmsolver++", DpmIntegral.DATA,
                        "deis", DpmIntegral.DATA,
                        "dpmsolver", DpmIntegral.NOISE,
                        "sde-dpmsolver++", DpmIntegral.DATA_SDE));
        End end = k.end();
        if (integral == DpmIntegral.NOISE && end == End.DATA) throw k.dividesByTheLastNoise();
        if (integral == DpmIntegral.NOISE && k.flag("thresholding", false)) {
            throw k.wrong("thresholding", "false with algorithm_type dpmsolver", true);
        }
        int order = k.whole("solver_order", 2, 1, 3);
        SecondOrder second = k.secondOrder();
        boolean lowerAtEnd = k.flag("lower_order_final", false);
        boolean learned = k.text("variance_type", "").startsWith("learned");
        SigmaSpacing spacing = k.sigmaSpacing();
        SigmaRange range = k.range(spacing);
        NoiseSchedule schedule = k.schedule(BETA_START, BETA_END, false);
        double leastLambda = k.leastLambda(schedule);
        return new Scheduler(
                schedule,
                k.predicts(),
                learned,
                k.thresholding(UnaryOperator.identity()),
                // whatever the file says of timestep_spacing
                steps -> new SinglestepDpmSolver(
                        new DpmDiscretization(
                                Respacing.linspace(steps), range, spacing == SigmaSpacing.KARRAS, leastLambda, end),
                        integral,
                        order,
                        second,
                        lowerAtEnd));
    }

    static Scheduler deis(SchedulerKeys k) {
        IntFunction<Respacing> spaced = k.spaced(Spacing.LINSPACE);
        k.without("use_flow_sigmas");
        k.without("use_dynamic_shifting");
        k.choice("algorithm_type", "deis", Map.of("deis", true, "dpmsolver", true, "dpmsolver++", true));
        k.choice(
                "solver_type",
                "logrho",
                Map.of("logrho", true, "midpoint", true, "heun", true, "bh1", true, "bh2", true));
        int order = k.whole("solver_order", 2, 1, 3);
        boolean lowerAtEnd = k.flag("lower_order_final", true);
        SigmaSpacing spacing = k.sigmaSpacing();
        SigmaRange range = k.range(spacing);
        End end = range == null ? End.LEAST_NOISE : End.LAST_VISITED;
        return new Scheduler(
                k.schedule(BETA_START, BETA_END, false),
                k.predicts(),
                false,
                k.thresholding(UnaryOperator.identity()),
                steps -> new DpmSolver(
                        new DpmDiscretization(
                                spaced.apply(steps),
                                range,
                                spacing == SigmaSpacing.KARRAS,
                                Double.NEGATIVE_INFINITY,
                                end),
                        DpmIntegral.NOISE,
                        order,
                        SecondOrder.EXACT,
                        lowerAtEnd,
                        false));
    }

    static Scheduler uniPc(SchedulerKeys k) {
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
