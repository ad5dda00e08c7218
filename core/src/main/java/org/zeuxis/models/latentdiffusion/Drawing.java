package org.zeuxis.models.latentdiffusion;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.Pixels;
import org.zeuxis.machine.AvailableMemory;
import org.zeuxis.models.AddedFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Safety;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.SecondPass;
import org.zeuxis.models.Source;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.prompt.PromptReader;
import org.zeuxis.models.latentdiffusion.safety.SafetyCheck;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Tokenizer;

/**
 * How a latent diffusion model draws, wherever its parts are: the text encoder reads, the U-Net denoises, the autoencoder decodes,
 * and none of them is asked for again once its turn is over.
 *
 * @param size the model's own width and height in pixels
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, Figure 3
 */
record Drawing(
        String name,
        Tokenizer tokenizer,
        UNetConfig unet,
        AutoencoderKl.Config autoencoder,
        MemoryNeed need,
        SchedulerConfig scheduler,
        int size,
        List<AddedFile> added,
        @Nullable SafetyCheck safety,
        Parts parts) {
    static final Sampling SAMPLING = new Sampling(20, 5, "");
    /** Of a network that was distilled to few steps. */
    private static final Sampling DISTILLED = new Sampling(4, 5, "");

    private static final Image NOTHING = new Image(1, 1, 3, new byte[3]);

    static Drawing of(
            String name,
            Tokenizer tokenizer,
            UNetConfig unet,
            AutoencoderKl.Config autoencoder,
            MemoryNeed need,
            StoredModel.Told told,
            List<AddedFile> added,
            @Nullable SafetyCheck safety,
            Parts parts) {
        return new Drawing(
                name, tokenizer, unet, autoencoder, need, told.scheduler(), told.size(), added, safety, parts);
    }

    List<GeneratedImage> generate(ImageRequest request, Events events) {
        parts.expectOpen();
        SafetyCheck check = request.safety() == Safety.OFF ? null : expectedCheck();
        SecondPass second = request.secondPass();
        if (second == null) request.expectStages();
        else request.expectStages(SecondPass.STAGE);
        expectMask(request.source());
        expectNoNegative(request.negative());
        ImageRequest sized = sized(request, size);
        int width = sized.width();
        int factor = autoencoder.factor();
        int height = sized.height();
        if (width % factor != 0 || height % factor != 0) {
            throw new IllegalArgumentException("expected width and height in multiples of " + factor + " pixels, got "
                    + width + "x" + height + "; nearest: " + nearest(width, factor) + "x" + nearest(height, factor));
        }
        Sampling usual = unet.hearsGuidance() ? DISTILLED : SAMPLING;
        Pass first = Pass.of(request.sampling(), usual, scheduler);
        Pass again = Pass.of(request.sampling(SecondPass.STAGE).or(first.asked()), usual, scheduler);
        ImageRequest full = sized.with(first.asked()).withCount(1);
        if (second != null) {
            second.expectNoMask(request.source());
            int unused = second.source(NOTHING).firstStep(again.asked().steps().orElseThrow());
            full = full.with(SecondPass.STAGE, again.asked());
        }
        need.expectRoomToCompute(full, size, AvailableMemory.bytes());
        List<GeneratedImage> images = new ArrayList<>();
        Preview preview = new Preview(parts, factor);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor states = parts.text(text -> new PromptReader(tokenizer, text)
                    .states(List.of(request.negative(), request.prompt()), request.clipSkip()));
            for (int i = 0; i < request.count(); i++) {
                ImageRequest own = full.withSeed(request.seed() + i);
                Image image = drawn(states, own, first, preview, events, second == null ? "" : "first");
                if (second != null) {
                    ImageRequest larger = own.from(second.source(image))
                            .withSize(second.enlarged(width, factor), second.enlarged(height, factor))
                            .with(again.asked());
                    image = drawn(states, larger, again, preview, events, SecondPass.STAGE);
                }
                images.add(new GeneratedImage(image, own, name, need.type(), "", null, added, List.of()));
            }
        }
        return check == null ? images : check.judged(images);
    }

    /** With the size that it is drawn in. */
    static ImageRequest sized(ImageRequest request, int size) {
        Source source = request.source();
        int width = request.width() > 0
                ? request.width()
                : source == null ? size : source.image().width();
        int height = request.height() > 0
                ? request.height()
                : source == null ? size : source.image().height();
        return request.withSize(width, height);
    }

    /** There and understood, which is known before anything is drawn; its weights are read after that. */
    private SafetyCheck expectedCheck() {
        if (safety == null || !safety.isThere()) {
            throw new IllegalArgumentException(
                    name + ": expected a model's folder with safety_checker, which is to judge"
                            + " its pictures, got none; " + SafetyCheck.WAY_OUT);
        }
        safety.expectUnderstood();
        return safety;
    }

    /**
     * How one pass over a picture samples.
     *
     * @param asked with nothing left open
     */
    record Pass(Sampling asked, Scheduler scheduler, Sampler sampler) {
        /**
         * @param usual steps and guidance where none are asked for
         * @param own of the model, whose sampler it is where none is asked for
         * @throws IllegalArgumentException if the sampler wants a variance that the network does not tell
         */
        static Pass of(Sampling asked, Sampling usual, SchedulerConfig own) {
            String named = asked.sampler();
            Sampling full = asked.or(usual).withSampler(named.isEmpty() ? own.sampler() : named);
            Scheduler scheduler = own.named(full.sampler());
            Sampler sampler = scheduler.sampler(full.steps().orElseThrow());
            if (scheduler.learnsVariance()) {
                throw new IllegalArgumentException(
                        "expected a scheduler whose variance_type is fixed_small or fixed_large,"
                                + " got a learned one, which this U-Net does not tell; name another sampler");
            }
            return new Pass(full, scheduler, sampler);
        }
    }

    private Image drawn(Tensor states, ImageRequest request, Pass pass, Preview preview, Events events, String stage) {
        Progress progress = events.stage(
                stage, x0 -> preview.of(x0.over(autoencoder.scalingFactor()), request.width(), request.height()));
        try (Scope picture = new Scope()) {
            Tensor latents = latents(states, request, pass.scheduler(), pass.sampler(), progress);
            return parts.autoencoder(it -> Pixels.toImages(it.decode(latents)).get(0));
        }
    }

    /**
     * The sampled latents, ready for the decoder, [1, latentChannels, height / factor, columns / factor].
     *
     * @param states of the negative prompt and the prompt, [2, tokens, width]
     */
    Tensor latents(Tensor states, ImageRequest request, Scheduler sampling, Sampler sampler, Progress progress) {
        Seed seed = Seed.of(request.seed());
        Redrawing redrawing = redrawing(request, seed);
        Tensor x0 = parts.unet(network -> {
            double scale = request.sampling().guidance().orElseThrow();
            Tensor words = states.slice(0, 1, 2);
            Denoiser guided = unet.hearsGuidance()
                    ? sampling.denoiser((xt, t) -> network.forward(redrawing.seen(xt), t, words, Tensor.full(scale, 1)))
                    : Guidance.batched(
                            read -> sampling.denoiser((xt, t) -> network.forward(redrawing.seen(xt), t, read)),
                            words,
                            states.slice(0, 0, 1),
                            scale);
            Denoiser denoiser = sampling.thresholding().apply(guided);
            return sampler.sample(redrawing.around(denoiser), sampling.schedule(), redrawing.start(), seed, progress);
        });
        return redrawing.completed(x0).over(autoencoder.scalingFactor());
    }

    private Redrawing redrawing(ImageRequest request, Seed seed) {
        int height = request.height();
        int width = request.width();
        Source source = request.source();
        if (source != null) {
            int steps = request.sampling().steps().orElseThrow();
            Image mask = source.mask();
            return parts.autoencoder(it -> mask != null && unet.inpaints()
                    ? Redrawing.shown(source, mask, width, height, steps, it, seed)
                    : Redrawing.of(source, width, height, steps, it, seed));
        }
        int factor = autoencoder.factor();
        return Redrawing.ofNoise(seed.randn(1, autoencoder.latentChannels(), height / factor, width / factor));
    }

    private void expectMask(@Nullable Source source) {
        if (!unet.inpaints() || source != null && source.mask() != null) return;
        throw new IllegalArgumentException(name
                + ": expected a picture and a mask, for this model redraws the white part of a picture (inpainting), got "
                + (source == null ? "neither" : "no mask") + "; give both, --from and --mask, or name another model");
    }

    private void expectNoNegative(String negative) {
        if (!unet.hearsGuidance() || negative.isEmpty()) return;
        throw new IllegalArgumentException(
                name + ": expected no negative prompt, as this model was distilled with its guidance and"
                        + " reads one prompt alone, got one; leave it out, or name another model");
    }

    private static int nearest(int length, int factor) {
        return Math.max(factor, (length + factor / 2) / factor * factor);
    }
}
