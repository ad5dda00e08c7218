package org.zeuxis.diffusion.scheduler;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.DynamicThresholding;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.StaticThresholding;
import org.zeuxis.diffusion.sampler.dpm.DpmSolver.SecondOrder;
import org.zeuxis.diffusion.schedule.End;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.diffusion.schedule.SigmaRange;
import org.zeuxis.diffusion.schedule.SigmaSpacing;
import org.zeuxis.text.Words;

/** The keys that several classes of schedulers share, each checked as it is read. */
final class SchedulerKeys {
    private static final int MOST_TRAIN_STEPS = 100_000;
    static final String COSINE = "squaredcos_cap_v2";

    /** Keys of one class of schedulers that say nothing to another, and those that change no picture. */
    static final String[] OF_OTHERS = {
        "algorithm_type",
        "clip_sample",
        "clip_sample_range",
        "disable_corrector",
        "dynamic_thresholding_ratio",
        "euler_at_final",
        "final_sigmas_type",
        "flow_shift",
        "interpolation_type",
        "lambda_min_clipped",
        "lower_order_final",
        "noise_sampler_seed",
        "original_inference_steps",
        "predict_x0",
        "rescale_betas_zero_snr",
        "rho",
        "sample_max_value",
        "set_alpha_to_one",
        "shift_terminal",
        "sigma_data",
        "sigma_max",
        "sigma_min",
        "sigma_schedule",
        "skip_prk_steps",
        "solver_order",
        "solver_p",
        "solver_type",
        "steps_offset",
        "thresholding",
        "time_shift_type",
        "timestep_scaling",
        "timestep_spacing",
        "timestep_type",
        "use_beta_sigmas",
        "use_dynamic_shifting",
        "use_exponential_sigmas",
        "use_flow_sigmas",
        "use_karras_sigmas",
        "use_lu_lambdas",
        "variance_type",
        "tensor_format",
        "timestep_values",
        "quantization_config"
    };

    private final Config c;
    private final String fix;

    /** @param fix what to do about a value that cannot be */
    SchedulerKeys(Config c, String fix) {
        this.c = c;
        this.fix = fix;
        c.expect("predict_epsilon", true);
    }

    ConfigException wrong(String key, String expected, Object got) {
        return new ConfigException(c.origin() + ": expected " + key + " to be " + expected + ", got "
                + Words.clean(String.valueOf(got)) + "; " + fix);
    }

    /** Python takes null for a value, and not for the default. */
    private void refuseNull(String key) {
        if (!c.has(key) && c.keys().contains(key)) throw wrong(key, "a value", "null");
    }

    int whole(String key, int otherwise, int least, int most) {
        refuseNull(key);
        long value = c.wholeNumber(key, otherwise);
        if (value >= least && value <= most) return (int) value;
        throw wrong(key, least + " to " + most, value);
    }

    /** @param least excluded */
    double above(String key, double otherwise, double least, double most) {
        refuseNull(key);
        double value = c.number(key, otherwise);
        if (value > least && value <= most) return value;
        String limit = most == Double.MAX_VALUE ? "" : " and at most " + most;
        throw wrong(key, "above " + least + limit, value);
    }

    boolean flag(String key, boolean otherwise) {
        refuseNull(key);
        return c.flag(key, otherwise);
    }

    String text(String key, String otherwise) {
        return c.text(key, otherwise);
    }

    List<Integer> integers(String key) {
        return c.integers(key, List.of());
    }

    <T> T choice(String key, String otherwise, Map<String, T> choices) {
        // diffusers writes it where a class has no use for it
        if (!key.equals("variance_type")) refuseNull(key);
        String name = c.text(key, otherwise);
        T chosen = choices.get(name);
        if (chosen != null) return chosen;
        throw wrong(key, String.join(" or ", new TreeMap<>(choices).keySet()), name);
    }

    /** Refuses what is not here, such as flow matching. */
    void without(String key) {
        c.expect(key, false);
    }

    void empty(String key) {
        if (c.has(key)) throw wrong(key, "null", c.literal(key));
    }

    /** @param more kinds of {@code beta_schedule} that only this class has */
    NoiseSchedule schedule(double betaStart, double betaEnd, boolean rescaled, String... more) {
        return schedule("linear", betaStart, betaEnd, rescaled, more);
    }

    /** Of a class whose betas grow as latent diffusion's unless the file says otherwise. */
    NoiseSchedule scaledSchedule(double betaStart, double betaEnd) {
        return schedule("scaled_linear", betaStart, betaEnd, true);
    }

    private NoiseSchedule schedule(
            String otherwise, double betaStart, double betaEnd, boolean rescaled, String... more) {
        int trainSteps = whole("num_train_timesteps", 1000, 2, MOST_TRAIN_STEPS);
        double start = above("beta_start", betaStart, 0, 1);
        double end = above("beta_end", betaEnd, 0, 1);
        boolean zeroTerminalSnr = rescaled && flag("rescale_betas_zero_snr", false);
        Map<String, String> kinds = new TreeMap<>();
        for (String kind : new String[] {"linear", "scaled_linear", COSINE}) kinds.put(kind, kind);
        for (String kind : more) kinds.put(kind, kind);
        String kind = choice("beta_schedule", otherwise, kinds);
        if (!c.has("trained_betas")) return NoiseSchedule.named(kind, trainSteps, start, end, zeroTerminalSnr);
        NoiseSchedule trained = NoiseSchedule.of(betas(trainSteps));
        return zeroTerminalSnr ? trained.withZeroTerminalSnr() : trained;
    }

    /** Of a class that has the cosine schedule alone. */
    NoiseSchedule cosineSchedule() {
        choice("beta_schedule", COSINE, Map.of(COSINE, COSINE));
        return NoiseSchedule.cosine(whole("num_train_timesteps", 1000, 2, MOST_TRAIN_STEPS));
    }

    private float[] betas(int trainSteps) {
        List<Double> betas = c.numbers("trained_betas");
        if (betas.size() != trainSteps) {
            throw wrong("trained_betas", "as many as num_train_timesteps, " + trainSteps, betas.size());
        }
        float[] values = new float[trainSteps];
        for (int t = 0; t < trainSteps; t++) {
            values[t] = betas.get(t).floatValue();
            if (!(values[t] > 0 && values[t] <= 1)) {
                throw wrong("trained_betas", "above 0 and at most 1", betas.get(t));
            }
        }
        return values;
    }

    Parameterization predicts() {
        return predicts(Map.of(
                "epsilon", Parameterization.EPSILON,
                "sample", Parameterization.X0,
                "v_prediction", Parameterization.V));
    }

    /** The same for a class that knows no network which predicts the data. */
    Parameterization predictsNoiseOrVelocity() {
        return predicts(Map.of("epsilon", Parameterization.EPSILON, "v_prediction", Parameterization.V));
    }

    /** The same for a class that knows no network which predicts the velocity. */
    Parameterization predictsNoiseOrData() {
        return predicts(Map.of("epsilon", Parameterization.EPSILON, "sample", Parameterization.X0));
    }

    private Parameterization predicts(Map<String, Parameterization> known) {
        return choice("prediction_type", "epsilon", known);
    }

    /** How timesteps are spaced, for any number of steps. */
    IntFunction<Respacing> spaced(Spacing otherwise) {
        Spacing spacing = choice(
                "timestep_spacing",
                otherwise.name().toLowerCase(Locale.ROOT),
                Map.of("leading", Spacing.LEADING, "trailing", Spacing.TRAILING, "linspace", Spacing.LINSPACE));
        int offset = whole("steps_offset", 0, 0, MOST_TRAIN_STEPS);
        return steps -> new Respacing(spacing, steps, offset);
    }

    /** How the noise is spaced; null if by the timesteps. */
    @Nullable
    SigmaSpacing sigmaSpacing() {
        boolean karras = flag("use_karras_sigmas", false);
        boolean exponential = flag("use_exponential_sigmas", false);
        boolean beta = flag("use_beta_sigmas", false);
        if ((karras && exponential) || (karras && beta) || (exponential && beta)) {
            throw wrong(
                    "use_karras_sigmas, use_exponential_sigmas or use_beta_sigmas",
                    "the only one that is true",
                    "several");
        }
        if (karras) return SigmaSpacing.KARRAS;
        if (exponential) return SigmaSpacing.EXPONENTIAL;
        return beta ? SigmaSpacing.BETA : null;
    }

    /** The noise by a spacing, between {@code sigma_max} and {@code sigma_min} if these are there. */
    @Nullable
    SigmaRange range(@Nullable SigmaSpacing spacing) {
        if (spacing == null) return null;
        OptionalDouble most = sigma("sigma_max");
        OptionalDouble least = sigma("sigma_min");
        if (most.isPresent() && least.isPresent() && most.getAsDouble() <= least.getAsDouble()) {
            throw wrong("sigma_max", "above sigma_min, " + least.getAsDouble(), most.getAsDouble());
        }
        return new SigmaRange(spacing, most, least);
    }

    private OptionalDouble sigma(String key) {
        return c.has(key) ? OptionalDouble.of(above(key, 1, 0, Double.MAX_VALUE)) : OptionalDouble.empty();
    }

    /** Which noise is too large for the solvers of DPM to visit. */
    double leastLambda(NoiseSchedule schedule) {
        double least = c.number("lambda_min_clipped", Double.NEGATIVE_INFINITY);
        double most = -Math.log(schedule.sigma(0));
        if (!(least < most)) throw wrong("lambda_min_clipped", "below " + most, least);
        return least;
    }

    /** How the slope counts in DPM's solvers; what names other solvers is taken for the default. */
    SecondOrder secondOrder() {
        return choice(
                "solver_type",
                "midpoint",
                Map.of(
                        "midpoint", SecondOrder.MIDPOINT,
                        "heun", SecondOrder.HEUN,
                        "logrho", SecondOrder.MIDPOINT,
                        "bh1", SecondOrder.MIDPOINT,
                        "bh2", SecondOrder.MIDPOINT));
    }

    ConfigException dividesByTheLastNoise() {
        return wrong("final_sigmas_type", "sigma_min, as this algorithm_type divides by the last noise", "zero");
    }

    End end() {
        return choice("final_sigmas_type", "zero", Map.of("zero", End.DATA, "sigma_min", End.LEAST_NOISE));
    }

    /** Clipping by {@code clip_sample}, which counts where there is no thresholding by quantiles. */
    UnaryOperator<Denoiser> clipping(boolean otherwise) {
        if (!flag("clip_sample", otherwise)) return UnaryOperator.identity();
        double range = above("clip_sample_range", 1, 0, Double.MAX_VALUE);
        return denoiser -> new StaticThresholding(denoiser, range);
    }

    /** Thresholding by {@code thresholding}; without it, {@code otherwise}. */
    UnaryOperator<Denoiser> thresholding(UnaryOperator<Denoiser> otherwise) {
        if (!flag("thresholding", false)) return otherwise;
        double ratio = above("dynamic_thresholding_ratio", 0.995, 0, 1);
        double most = above("sample_max_value", 1, 0, Double.MAX_VALUE);
        return denoiser -> new DynamicThresholding(denoiser, ratio, most);
    }
}
