package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.tensor.Scope;

/**
 * The ×4 upscaler of Stable Diffusion in one file. What the code that it was released with fixes is fixed here: the noise of the
 * latents and of the small picture, how much of that there may be, and that the velocity is predicted.
 */
final class UpscalerFile {
    static final int MOST_NOISE = 350;
    static final String MOST_NOISE_KEY = "max_noise_level";
    /** The folder of what noises the small picture. */
    static final String LOW_RES = "low_res_scheduler";

    /** The least and the largest part of either noise, for messages. */
    static final String BETAS = "from 0.0001 to 0.02";

    private UpscalerFile() {}

    static LatentUpscaler.Stored stored(Path file) throws IOException {
        Checkpoint checkpoint = read(file, UNetWeights.PLAIN);
        try {
            return new LatentUpscaler.Stored(
                    file,
                    String.valueOf(file.getFileName()),
                    checkpoint,
                    scheduler(prediction(checkpoint, FileChoice.USUAL)),
                    noising().training().schedule(),
                    MOST_NOISE);
        } catch (IOException | RuntimeException e) {
            checkpoint.close();
            throw e;
        }
    }

    static Checkpoint read(Path file, UNetWeights which) throws IOException {
        Checkpoint read = SingleFile.read(file, which, UNetConfig::ofUpscaler);
        try {
            expectReleased(read);
            return read;
        } catch (IOException | RuntimeException e) {
            read.close();
            throw e;
        }
    }

    private static void expectReleased(Checkpoint read) throws IOException {
        Weights file = read.files().get(0);
        int latent = read.autoencoder().config().latentChannels();
        UNetConfig unet = read.unet().config();
        if (unet.inChannels() != latent + 3 || unet.outChannels() != latent) {
            throw new IOException(file.origin() + ": expected a U-Net of " + (latent + 3) + " channels, " + latent
                    + " of latents and a picture's 3, got " + unet.inChannels() + "; choose another checkpoint");
        }
        if (!file.names().contains(LdmLayout.LOW_BETAS)) return;
        try (Scope scope = new Scope()) {
            float[] betas = file.tensor(LdmLayout.LOW_BETAS).toFloats();
            NoiseSchedule released = noising().training().schedule();
            boolean same = betas.length == released.trainSteps();
            for (int t = 0; same && t < betas.length; t++) same = Math.abs(betas[t] - released.beta(t)) < 1e-6;
            if (same) return;
        }
        throw new IOException(file.origin() + ": expected the noise of the release in " + LdmLayout.LOW_BETAS
                + ", beta_schedule scaled_linear " + BETAS
                + " in 1000 timesteps, got another; choose another checkpoint");
    }

    static Parameterization prediction(Checkpoint checkpoint, FileChoice choice) throws IOException {
        Parameterization told = SingleFile.told(checkpoint, choice);
        return told == null ? Parameterization.V : told;
    }

    static SchedulerConfig scheduler(Parameterization prediction) {
        Map<String, Object> keys = noise();
        keys.put("clip_sample", false);
        keys.put("prediction_type", prediction == Parameterization.V ? "v_prediction" : "epsilon");
        keys.put("set_alpha_to_one", false);
        keys.put("steps_offset", 1);
        return SchedulerConfig.from("DDIMScheduler", Config.of("the upscaler's scheduler", keys));
    }

    /** Of the small picture. */
    static SchedulerConfig noising() {
        return SchedulerConfig.from("DDPMScheduler", Config.of("the upscaler's " + LOW_RES, noise()));
    }

    private static Map<String, Object> noise() {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("beta_end", 0.02);
        keys.put("beta_schedule", "scaled_linear");
        keys.put("beta_start", 0.0001);
        keys.put("num_train_timesteps", 1000);
        return keys;
    }
}
