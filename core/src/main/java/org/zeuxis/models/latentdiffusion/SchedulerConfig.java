package org.zeuxis.models.latentdiffusion;

import java.util.Locale;
import java.util.Map;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ConfigWriter;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.diffusion.sampler.DdimSampler;
import org.zeuxis.diffusion.sampler.PndmSampler;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.Samplers;

/**
 * How a latent diffusion model was noised in training, and how it is sampled unless told otherwise: what a published
 * {@code scheduler_config.json} says.
 *
 * @param sampler the model's own, by its name here
 * @param stepsOffset added to each timestep of leading spacing
 * @param alphaToOne whether the step below timestep 0 is taken to be free of noise
 */
public record SchedulerConfig(
        String sampler,
        String betaSchedule,
        int trainSteps,
        double betaStart,
        double betaEnd,
        boolean zeroTerminalSnr,
        Parameterization predicts,
        Respacing.Spacing spacing,
        int stepsOffset,
        boolean alphaToOne) {

    /** What Zeuxis trains with: cosine noise, the velocity predicted. */
    public static final SchedulerConfig TRAINED_HERE = new SchedulerConfig(
            "dpm++2m",
            "squaredcos_cap_v2",
            1000,
            0.0001,
            0.02,
            false,
            Parameterization.V,
            Respacing.Spacing.TRAILING,
            0,
            false);

    private static final Map<String, String> CLASSES = Map.of(
            "DDPMScheduler", "ddpm",
            "DDIMScheduler", "ddim",
            "PNDMScheduler", "pndm",
            "LMSDiscreteScheduler", "lms",
            "EulerDiscreteScheduler", "euler",
            "EulerAncestralDiscreteScheduler", "euler-ancestral",
            "HeunDiscreteScheduler", "heun",
            "DPMSolverMultistepScheduler", "dpm++2m");

    /** @throws IllegalArgumentException if it asks for a scheduler there is none of here */
    public static SchedulerConfig from(Config c) {
        c.expect("trained_betas", "null");
        String type = c.text("_class_name", "PNDMScheduler");
        String sampler = CLASSES.get(type);
        if (sampler == null) {
            throw new IllegalArgumentException(c.origin() + ": expected a scheduler of " + CLASSES.keySet() + ", got "
                    + type + "; name a sampler instead");
        }
        return new SchedulerConfig(
                sampler,
                c.text("beta_schedule"),
                c.integer("num_train_timesteps", 1000),
                c.number("beta_start", 0.0001),
                c.number("beta_end", 0.02),
                c.flag("rescale_betas_zero_snr", false),
                Parameterization.named(c.text("prediction_type", "epsilon")),
                Respacing.Spacing.valueOf(c.text("timestep_spacing", "leading").toUpperCase(Locale.ROOT)),
                c.integer("steps_offset", 0),
                c.flag("set_alpha_to_one", !sampler.equals("pndm")));
    }

    /** What diffusers calls the model's own sampler. */
    String className() {
        return CLASSES.entrySet().stream()
                .filter(e -> e.getValue().equals(sampler))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow(() ->
                        new IllegalArgumentException("expected a sampler of " + CLASSES.values() + ", got " + sampler));
    }

    /** As {@code scheduler_config.json}. */
    public ConfigWriter write() {
        return new ConfigWriter()
                .put("_class_name", className())
                .put("beta_schedule", betaSchedule)
                .put("num_train_timesteps", trainSteps)
                .put("beta_start", betaStart)
                .put("beta_end", betaEnd)
                .put("rescale_betas_zero_snr", zeroTerminalSnr)
                .put(
                        "prediction_type",
                        switch (predicts) {
                            case EPSILON -> "epsilon";
                            case X0 -> "sample";
                            case V -> "v_prediction";
                        })
                .put("timestep_spacing", spacing.name().toLowerCase(Locale.ROOT))
                .put("steps_offset", stepsOffset)
                .put("set_alpha_to_one", alphaToOne)
                .put("clip_sample", false);
    }

    /** The levels of noise. */
    public NoiseSchedule schedule() {
        return NoiseSchedule.named(betaSchedule, trainSteps, betaStart, betaEnd, zeroTerminalSnr);
    }

    /**
     * @param name of a sampler, or empty for the model's own
     * @throws IllegalArgumentException if there is none of that name, or it cannot take so many steps
     */
    public Sampler sampler(String name, int steps) {
        if (steps > trainSteps) {
            throw new IllegalArgumentException("expected at most " + trainSteps + " steps, got " + steps);
        }
        Respacing respacing = new Respacing(spacing, steps, stepsOffset);
        return switch (name.isEmpty() ? sampler : name) {
            case "ddim" -> new DdimSampler(respacing, 0, alphaToOne);
            case "pndm" -> new PndmSampler(respacing, alphaToOne, predicts);
            default -> Samplers.named(name.isEmpty() ? sampler : name, respacing);
        };
    }
}
