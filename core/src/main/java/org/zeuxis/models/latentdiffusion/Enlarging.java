package org.zeuxis.models.latentdiffusion;

import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
import org.zeuxis.machine.AvailableMemory;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Provenance;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.prompt.PromptReader;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Tokenizer;

/**
 * How an upscaler draws, wherever its parts are: the U-Net sees the small picture, noised, beside the latents.
 *
 * @param noising of the small picture
 * @param mostNoise what it may be given of it, a timestep
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, section 4.4
 */
record Enlarging(
        String name,
        Tokenizer tokenizer,
        UNetConfig unet,
        AutoencoderKl.Config autoencoder,
        MemoryNeed need,
        SchedulerConfig scheduler,
        NoiseSchedule noising,
        int mostNoise,
        Parts parts) {
    /** What diffusers takes whatever the autoencoder's file says. */
    static final double SCALE = 0.08333;

    private static final Sampling SAMPLING = new Sampling(75, 9, "");
    private static final int NOISE = 20;

    GeneratedImage upscale(Image picture, OptionalInt size, OptionalInt noise, ImageRequest request, Events events) {
        parts.expectOpen();
        request.expectStages();
        request.expectNoSafety();
        int factor = autoencoder.factor();
        if (request.width() > 0 || request.height() > 0 || request.source() != null || request.secondPass() != null) {
            throw new IllegalArgumentException(
                    "expected neither a size, a picture to draw from nor a second pass, where a"
                            + " picture is enlarged " + factor + " times, got one of them");
        }
        int longer = factor * Math.max(picture.width(), picture.height());
        if (size.orElse(longer) != longer) {
            throw new IllegalArgumentException("expected to enlarge to " + factor + " times the picture, " + longer
                    + " pixels, got " + size.orElseThrow());
        }
        int level = noise.orElse(NOISE);
        int most = Math.min(mostNoise, unet.noiseLevels() - 1);
        if (level < 0 || level > most) {
            throw new IllegalArgumentException("expected a noise level of 0 to " + most + ", got " + level);
        }
        Drawing.Pass pass = Drawing.Pass.of(request.sampling(), SAMPLING, scheduler);
        ImageRequest own = enlarged(request.with(pass.asked()), picture, factor);
        need.expectRoomToCompute(own, longer, AvailableMemory.bytes());
        Preview preview = new Preview(parts, factor);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            // until the U-Net can halve it as often as it does
            int grain = 1 << (unet.levels().size() - 1);
            Tensor small = Pixels.filled(
                    Normalize.TO_ONE.apply(picture.over(255, 255, 255)).unsqueeze(0), grain);
            int rows = (int) (factor * small.size(2));
            int columns = (int) (factor * small.size(3));
            Progress progress = events.stage("", x0 -> preview.of(x0.over(SCALE), columns, rows));
            Tensor latents = latents(small, level, own, pass.scheduler(), pass.sampler(), progress);
            Image large = new Crop(0, 0, own.width(), own.height())
                    .apply(parts.autoencoder(
                            it -> Pixels.toImages(it.decode(latents)).get(0)));
            Provenance made = new Provenance(
                    "upscale", Map.of("picture", Provenance.hash(picture), "noise", Integer.toString(level)));
            return new GeneratedImage(large, own, name, need.type(), "", made);
        }
    }

    /** With the size that a picture gets. */
    static ImageRequest enlarged(ImageRequest request, Image picture, int factor) {
        return request.withSize(factor * picture.width(), factor * picture.height());
    }

    /**
     * The sampled latents, ready for the decoder, of {@code small}'s height and columns.
     *
     * @param small in [−1, 1], [1, 3, height, columns]
     */
    Tensor latents(
            Tensor small, int noise, ImageRequest request, Scheduler sampling, Sampler sampler, Progress progress) {
        Tensor states = parts.text(text -> new PromptReader(tokenizer, text)
                .states(List.of(request.negative(), request.prompt()), request.clipSkip()));
        Seed seed = Seed.of(request.seed());
        Tensor noised = noising.addNoise(small, seed.randn(small.shape()), Tensor.of(new long[] {noise}, 1));
        Tensor xT = seed.randn(1, autoencoder.latentChannels(), small.size(2), small.size(3));
        return parts.unet(network -> {
                    Denoiser denoiser = sampling.thresholding()
                            .apply(Guidance.batched(
                                    words -> sampling.denoiser((xt, t) -> network.forward(
                                            Tensor.cat(1, xt, noised.expand(xt.size(0), -1, -1, -1)), t, words, noise)),
                                    states.slice(0, 1, 2),
                                    states.slice(0, 0, 1),
                                    request.sampling().guidance().orElseThrow()));
                    return sampler.sample(denoiser, sampling.schedule(), Start.noise(xT), seed, progress);
                })
                .over(SCALE);
    }
}
