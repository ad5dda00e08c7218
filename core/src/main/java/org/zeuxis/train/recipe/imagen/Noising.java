package org.zeuxis.train.recipe.imagen;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.DiffusionLoss;
import org.zeuxis.diffusion.LossWeight;
import org.zeuxis.diffusion.Times;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.imagen.ImagenUNet;
import org.zeuxis.models.imagen.Stage;
import org.zeuxis.models.imagen.efficient.EfficientUNet;
import org.zeuxis.models.imagen.network.StageNetwork;

/**
 * What all stages share: cosine noise, and the thresholding when they draw, dynamic as in the paper unless {@code thresholding} is
 * {@code static}. As the paper has it they predict the noise; {@code prediction_type} may be {@code v_prediction}, the velocity, as in
 * the authors' Imagen Video.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.3 and appendix A
 */
final class Noising {
    /** Beyond this no pixel is meant; the paper has no such limit. At 1, diffusers' schedulers threshold statically. */
    private static final double MOST = 100;

    private static final String NOISE = "epsilon";
    private static final String DYNAMIC = "dynamic";
    private static final String STATIC = "static";

    private Noising() {}

    /** How a stage is noised, and sampled unless told otherwise, as a recipe says what it predicts. */
    static SchedulerConfig scheduler(Config recipe) {
        String predicted = recipe.text("prediction_type", NOISE);
        if (!List.of(NOISE, "v_prediction").contains(predicted)) {
            throw new IllegalArgumentException(
                    "expected a prediction_type of " + NOISE + " or v_prediction, got " + predicted);
        }
        String thresholding = recipe.text("thresholding", DYNAMIC);
        if (!List.of(DYNAMIC, STATIC).contains(thresholding)) {
            throw new IllegalArgumentException(
                    "expected a thresholding of " + DYNAMIC + " or " + STATIC + ", got " + thresholding);
        }
        boolean isStatic = thresholding.equals(STATIC);
        Map<String, Object> keys = cosine(predicted);
        keys.put("dynamic_thresholding_ratio", 0.995);
        keys.put("sample_max_value", isStatic ? 1.0 : MOST);
        keys.put("thresholding", true);
        keys.put("timestep_spacing", "trailing");
        return SchedulerConfig.from("DPMSolverMultistepScheduler", Config.of("the stage's scheduler", keys));
    }

    /** How the small picture is noised before super-resolution sees it. */
    static SchedulerConfig augmentation() {
        return SchedulerConfig.from("DDPMScheduler", Config.of("the noise of the small picture", cosine(NOISE)));
    }

    private static Map<String, Object> cosine(String predicted) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("beta_schedule", "squaredcos_cap_v2");
        keys.put("num_train_timesteps", 1000);
        keys.put("prediction_type", predicted);
        return keys;
    }

    /** Which times a recipe trains at; those of the paper are continuous. */
    static Times times(Config recipe) {
        String times = recipe.text("times", "whole");
        return switch (times) {
            case "whole" -> Times.WHOLE;
            case "continuous" -> Times.CONTINUOUS;
            default -> throw new IllegalArgumentException("expected times of whole or continuous, got " + times);
        };
    }

    static DiffusionLoss loss(Stage stage, Times times) {
        Scheduler noised = stage.scheduler().training();
        return new DiffusionLoss(noised.schedule(), noised.predicts(), LossWeight.UNIFORM, times);
    }

    /** A network's configuration, as a recipe has it. */
    static StageNetwork.Config network(Config model, boolean hearsNoise) {
        StageNetwork.Config config =
                EfficientUNet.isNamedIn(model) ? EfficientUNet.Config.from(model) : ImagenUNet.Config.from(model);
        int out = config.outChannels();
        int in = config.inChannels();
        if (config.hearsNoise() != hearsNoise) {
            throw new IllegalArgumentException("expected class_embed_type of timestep in super-resolution and in no"
                    + " other stage, got " + (hearsNoise ? "none" : "one"));
        }
        if (out == 3 && in == (hearsNoise ? 6 : 3)) return config;
        throw new IllegalArgumentException(
                "expected in_channels of " + (hearsNoise ? "6, the noised picture and the" + " small one," : "3")
                        + " and out_channels of 3, as only the noise is predicted, got " + in + " and "
                        + out);
    }
}
