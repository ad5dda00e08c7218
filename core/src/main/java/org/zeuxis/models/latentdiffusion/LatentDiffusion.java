package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Pixels;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Tokenizer;

/**
 * Draws in the latents of an autoencoder: a U-Net denoises them, listening to the words of the prompt.
 *
 * @param name for the request that each picture carries
 * @param size the model's own width and height in pixels
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, Figure 3
 */
public record LatentDiffusion(
        String name,
        Tokenizer tokenizer,
        ClipTextModel text,
        DenoisingUNet unet,
        AutoencoderKl autoencoder,
        SchedulerConfig scheduler,
        int size)
        implements TextToImage {

    /**
     * Opens a folder that diffusers or Zeuxis saved.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static LatentDiffusion load(Path folder) throws IOException {
        return LatentDiffusionFolder.load(ModelFolder.open(folder));
    }

    /**
     * The model that ships with Zeuxis, trained on pictograms.
     *
     * @throws IOException if {@code zeuxis-pictograms} is not on the class path
     */
    public static LatentDiffusion pictograms() throws IOException {
        return LatentDiffusionFolder.load(
                ModelFolder.onClassPath(LatentDiffusion.class, "/org/zeuxis/pictograms/latent-diffusion"));
    }

    /** Writes a folder that {@code StableDiffusionPipeline.from_pretrained} opens. */
    public void save(Path folder) throws IOException {
        LatentDiffusionFolder.save(this, folder);
    }

    /** Gives the memory of the weights back; nothing can be drawn any more. */
    @Override
    public void close() {
        text.close();
        unet.close();
        autoencoder.close();
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, Progress progress) {
        unet.expectOpen();
        Progress steps = progress.unless(() -> false);
        int factor = autoencoder.config().factor();
        int width = request.width() == 0 ? size : request.width();
        int height = request.height() == 0 ? size : request.height();
        if (width % factor != 0 || height % factor != 0) {
            throw new IllegalArgumentException("expected width and height in multiples of " + factor + " pixels, got "
                    + width + "x" + height + "; nearest: " + nearest(width, factor) + "x" + nearest(height, factor));
        }
        String samplerName = request.sampler().isEmpty() ? scheduler.sampler() : request.sampler();
        Scheduler sampling = scheduler.named(samplerName);
        Sampler sampler = sampling.sampler(request.steps());
        if (sampling.learnsVariance()) {
            throw new IllegalArgumentException("expected a scheduler whose variance_type is fixed_small or fixed_large,"
                    + " got a learned one, which this U-Net does not tell; name another sampler");
        }
        ImageRequest full =
                request.withSize(width, height).withSampler(samplerName).withCount(1);
        TokenBatch tokens =
                tokenizer.encode(List.of(tokenizer.expanded(request.negative()), tokenizer.expanded(request.prompt())));
        List<GeneratedImage> images = new ArrayList<>();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor states = text.forward(Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()));
            for (int i = 0; i < request.count(); i++) {
                try (Scope picture = new Scope()) {
                    ImageRequest own = full.withSeed(request.seed() + i);
                    Tensor pixels = autoencoder.decode(latents(states, own, sampling, sampler, steps));
                    images.add(new GeneratedImage(
                            Pixels.toImages(pixels).get(0),
                            own,
                            name,
                            tokens.cut().get(1)));
                }
            }
        }
        return images;
    }

    /**
     * The sampled latents, ready for the decoder, [1, latentChannels, height / factor, columns / factor].
     *
     * @param states of the negative prompt and the prompt, [2, tokens, width]
     */
    Tensor latents(Tensor states, ImageRequest request, Scheduler sampling, Sampler sampler, Progress progress) {
        int factor = autoencoder.config().factor();
        Seed seed = Seed.of(request.seed());
        Tensor xT = seed.randn(
                1, autoencoder.config().latentChannels(), request.height() / factor, request.width() / factor);
        Denoiser denoiser = Guidance.batched(
                words -> Denoiser.of((xt, t) -> unet.forward(xt, t, words), sampling.predicts()),
                states.slice(0, 1, 2),
                states.slice(0, 0, 1),
                request.guidance());
        Tensor x0 = sampler.sample(sampling.thresholding().apply(denoiser), sampling.schedule(), xT, seed, progress);
        return x0.over(autoencoder.config().scalingFactor());
    }

    private static int nearest(int length, int factor) {
        return Math.max(factor, (length + factor / 2) / factor * factor);
    }
}
