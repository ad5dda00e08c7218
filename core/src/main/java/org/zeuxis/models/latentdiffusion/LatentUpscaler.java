package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Crop;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Pixels;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Provenance;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.Upscaler;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.prompt.PromptReader;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Tokenizer;

/**
 * Enlarges a picture by drawing in the latents of an autoencoder: the U-Net sees the small picture, noised, beside them.
 *
 * @param noising of the small picture
 * @param mostNoise what it may be given of it, a timestep
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, section 4.4
 */
public record LatentUpscaler(
        String name,
        Tokenizer tokenizer,
        ClipTextModel text,
        DenoisingUNet unet,
        AutoencoderKl autoencoder,
        SchedulerConfig scheduler,
        NoiseSchedule noising,
        int mostNoise)
        implements Upscaler {
    /** The class of diffusers whose folders open. */
    public static final String PIPELINE = "StableDiffusionUpscalePipeline";

    private static final Sampling SAMPLING = new Sampling(75, 9, "");
    private static final int NOISE = 20;
    private static final int MOST_NOISE = 350;
    /** What diffusers takes whatever the autoencoder's file says. */
    private static final double SCALE = 0.08333;

    /**
     * Opens a folder of diffusers.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static LatentUpscaler load(Path folder, DType type) throws IOException {
        ModelFolder opened = ModelFolder.open(folder);
        return ModelFolder.opened(folder, () -> load(opened, type));
    }

    private static LatentUpscaler load(ModelFolder folder, DType type) throws IOException {
        try (Checkpoint checkpoint = LatentDiffusionFolder.read(folder, UNetConfig::ofUpscaler)) {
            Config index = folder.index();
            int mostNoise = index.integer("max_noise_level", MOST_NOISE);
            SchedulerConfig scheduler = LatentDiffusionFolder.scheduler(folder, "scheduler");
            NoiseSchedule noising = LatentDiffusionFolder.scheduler(folder, "low_res_scheduler")
                    .training()
                    .schedule();
            LatentDiffusionFolder.expectOneModel(folder, checkpoint);
            return new LatentUpscaler(
                    folder.name(),
                    checkpoint.tokenizer(),
                    checkpoint.loadText(type),
                    checkpoint.loadUNet(type),
                    checkpoint.loadAutoencoder(type),
                    scheduler,
                    noising,
                    mostNoise);
        }
    }

    /** Gives the memory of the weights back; nothing can be drawn any more. */
    @Override
    public void close() {
        text.close();
        unet.close();
        autoencoder.close();
    }

    @Override
    public GeneratedImage upscale(
            Image picture, OptionalInt size, OptionalInt noise, ImageRequest request, Events events) {
        unet.expectOpen();
        request.expectStages();
        request.expectNoSafety();
        if (request.width() > 0 || request.height() > 0 || request.source() != null || request.secondPass() != null) {
            throw new IllegalArgumentException(
                    "expected neither a size, a picture to draw from nor a second pass, where a"
                            + " picture is enlarged " + autoencoder.config().factor() + " times, got one of them");
        }
        int factor = autoencoder.config().factor();
        int longer = factor * Math.max(picture.width(), picture.height());
        if (size.orElse(longer) != longer) {
            throw new IllegalArgumentException("expected to enlarge to " + factor + " times the picture, " + longer
                    + " pixels, got " + size.orElseThrow());
        }
        int level = noise.orElse(NOISE);
        int most = Math.min(mostNoise, unet.config().noiseLevels() - 1);
        if (level < 0 || level > most) {
            throw new IllegalArgumentException("expected a noise level of 0 to " + most + ", got " + level);
        }
        Drawing.Pass pass = Drawing.Pass.of(request.sampling(), SAMPLING, scheduler);
        ImageRequest own = request.with(pass.asked()).withSize(factor * picture.width(), factor * picture.height());
        Preview preview = new Preview(
                new Parts.Held(text, unet, autoencoder), autoencoder.config().factor());
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            // until the U-Net can halve it as often as it does
            int grain = 1 << (unet.config().levels().size() - 1);
            Tensor small = Pixels.filled(
                    Normalize.TO_ONE.apply(picture.over(255, 255, 255)).unsqueeze(0), grain);
            int rows = (int) (factor * small.size(2));
            int columns = (int) (factor * small.size(3));
            Progress progress = events.stage("", x0 -> preview.of(x0.over(SCALE), columns, rows));
            Tensor latents = latents(small, level, own, pass.scheduler(), pass.sampler(), progress);
            Image large = new Crop(0, 0, own.width(), own.height())
                    .apply(Pixels.toImages(autoencoder.decode(latents)).get(0));
            Provenance made = new Provenance(
                    "upscale", Map.of("picture", Provenance.hash(picture), "noise", Integer.toString(level)));
            return new GeneratedImage(large, own, name, unet.dtype(), "", made);
        }
    }

    /**
     * The sampled latents, ready for the decoder, of {@code small}'s height and columns.
     *
     * @param small in [−1, 1], [1, 3, height, columns]
     */
    Tensor latents(
            Tensor small, int noise, ImageRequest request, Scheduler sampling, Sampler sampler, Progress progress) {
        Tensor states = new PromptReader(tokenizer, text)
                .states(List.of(request.negative(), request.prompt()), request.clipSkip());
        Seed seed = Seed.of(request.seed());
        Tensor noised = noising.addNoise(small, seed.randn(small.shape()), Tensor.of(new long[] {noise}, 1));
        Tensor xT = seed.randn(1, autoencoder.config().latentChannels(), small.size(2), small.size(3));
        Denoiser denoiser = sampling.thresholding()
                .apply(Guidance.batched(
                        words -> sampling.denoiser((xt, t) -> unet.forward(
                                Tensor.cat(1, xt, noised.expand(xt.size(0), -1, -1, -1)), t, words, noise)),
                        states.slice(0, 1, 2),
                        states.slice(0, 0, 1),
                        request.sampling().guidance().orElseThrow()));
        return sampler.sample(denoiser, sampling.schedule(), Start.noise(xT), seed, progress)
                .over(SCALE);
    }
}
