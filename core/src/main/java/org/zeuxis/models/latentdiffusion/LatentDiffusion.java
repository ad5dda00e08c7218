package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.image.Pixels;
import org.zeuxis.models.AddedFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Safety;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.SecondPass;
import org.zeuxis.models.Source;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.OpenAdapters;
import org.zeuxis.models.latentdiffusion.prompt.PromptReader;
import org.zeuxis.models.latentdiffusion.safety.SafetyCheck;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Tokenizer;

/**
 * Draws in the latents of an autoencoder: a U-Net denoises them, listening to the words of the prompt.
 *
 * @param name for the request that each picture carries
 * @param size the model's own width and height in pixels
 * @param added what was put into it when it was opened
 * @param safety what judges its pictures where that is asked for; null if it has nothing that could
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, Figure 3
 */
public record LatentDiffusion(
        String name,
        Tokenizer tokenizer,
        ClipTextModel text,
        DenoisingUNet unet,
        AutoencoderKl autoencoder,
        SchedulerConfig scheduler,
        int size,
        List<AddedFile> added,
        @Nullable SafetyCheck safety)
        implements TextToImage {
    /** The classes of diffusers whose folders hold the same parts, by which Zeuxis draws what they draw. */
    public static final List<String> PIPELINES = List.of(
            LatentDiffusionFolder.PLAIN,
            LatentDiffusionFolder.INPAINTING,
            "StableDiffusionInpaintPipelineLegacy",
            "StableDiffusionImg2ImgPipeline");

    private static final Image NOTHING = new Image(1, 1, 3, new byte[3]);
    private static final Sampling SAMPLING = new Sampling(20, 5, "");

    public LatentDiffusion {
        added = List.copyOf(added);
    }

    /** With nothing put into it, and nothing that judges its pictures. */
    public LatentDiffusion(
            String name,
            Tokenizer tokenizer,
            ClipTextModel text,
            DenoisingUNet unet,
            AutoencoderKl autoencoder,
            SchedulerConfig scheduler,
            int size) {
        this(name, tokenizer, text, unet, autoencoder, scheduler, size, List.of(), null);
    }

    /**
     * Opens a folder that diffusers or Zeuxis saved, or a checkpoint of Stable Diffusion 1 or 2 in one file, to compute in what is
     * {@linkplain DType#fastest fastest}.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static LatentDiffusion load(Path folder) throws IOException {
        return load(folder, DType.fastest());
    }

    /** The same, to compute in {@code type}. */
    public static LatentDiffusion load(Path folder, DType type) throws IOException {
        return load(folder, type, Adapters.NONE);
    }

    /**
     * The same with LoRAs merged into its weights and words that were learned, as in
     * {@code load(model, DType.fastest(), Adapters.NONE.with(new Lora(file, 0.8)))}.
     *
     * @throws IOException if one of them does not fit the model, too
     */
    public static LatentDiffusion load(Path folder, DType type, Adapters adapters) throws IOException {
        try (OpenAdapters open = adapters.open()) {
            return ModelFolder.isFile(folder)
                    ? SingleFile.load(folder, type, UNetWeights.PLAIN, open)
                    : LatentDiffusionFolder.load(ModelFolder.open(folder), type, open);
        }
    }

    /**
     * Opens a checkpoint in one file with the weights of the U-Net that are asked for.
     *
     * @throws IOException if it does not have them, or is no such file, in one line
     */
    public static LatentDiffusion load(Path file, DType type, UNetWeights which) throws IOException {
        if (!ModelFolder.isFile(file)) which.expectWithFolder(file);
        if (!ModelFolder.isFile(file)) return load(file, type);
        try (OpenAdapters none = Adapters.NONE.open()) {
            return SingleFile.load(file, type, which, none);
        }
    }

    /**
     * The model that ships with Zeuxis, trained on pictograms.
     *
     * @throws IOException if {@code zeuxis-pictograms} is not on the class path
     */
    public static LatentDiffusion pictograms() throws IOException {
        return pictograms(DType.fastest());
    }

    /** Where it lies; unpacked, if it is in a jar. */
    public static Path pictogramsFolder() throws IOException {
        return ModelFolder.onClassPath(LatentDiffusion.class, "/org/zeuxis/pictograms/latent-diffusion")
                .path();
    }

    /** It, to compute in {@code type}. */
    public static LatentDiffusion pictograms(DType type) throws IOException {
        return load(pictogramsFolder(), type);
    }

    /**
     * Writes a folder that {@code StableDiffusionPipeline.from_pretrained} opens, with the weights as this has them: opened
     * in bfloat16, they were rounded to it.
     */
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
    public List<GeneratedImage> generate(ImageRequest request, Events events) {
        unet.expectOpen();
        SafetyCheck check = request.safety() == Safety.OFF ? null : expectedCheck();
        SecondPass second = request.secondPass();
        if (second == null) request.expectStages();
        else request.expectStages(SecondPass.STAGE);
        expectMask(request.source());
        int factor = autoencoder.config().factor();
        Source source = request.source();
        int width = request.width() > 0
                ? request.width()
                : source == null ? size : source.image().width();
        int height = request.height() > 0
                ? request.height()
                : source == null ? size : source.image().height();
        if (width % factor != 0 || height % factor != 0) {
            throw new IllegalArgumentException("expected width and height in multiples of " + factor + " pixels, got "
                    + width + "x" + height + "; nearest: " + nearest(width, factor) + "x" + nearest(height, factor));
        }
        Pass first = Pass.of(request.sampling(), SAMPLING, scheduler);
        Pass again = Pass.of(request.sampling(SecondPass.STAGE).or(first.asked()), SAMPLING, scheduler);
        ImageRequest full = request.withSize(width, height).with(first.asked()).withCount(1);
        if (second != null) {
            second.expectNoMask(source);
            int unused = second.source(NOTHING).firstStep(again.asked().steps().orElseThrow());
            full = full.with(SecondPass.STAGE, again.asked());
        }
        List<GeneratedImage> images = new ArrayList<>();
        Preview preview = new Preview(autoencoder);
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor states = new PromptReader(tokenizer, text)
                    .states(List.of(request.negative(), request.prompt()), request.clipSkip());
            for (int i = 0; i < request.count(); i++) {
                ImageRequest own = full.withSeed(request.seed() + i);
                Image image = drawn(states, own, first, preview, events, second == null ? "" : "first");
                if (second != null) {
                    ImageRequest larger = own.from(second.source(image))
                            .withSize(second.enlarged(width, factor), second.enlarged(height, factor))
                            .with(again.asked());
                    image = drawn(states, larger, again, preview, events, SecondPass.STAGE);
                }
                images.add(new GeneratedImage(image, own, name, unet.dtype(), "", null, added, List.of()));
            }
        }
        return check == null ? images : check.judged(images);
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
        Progress progress = events.stage(stage, x0 -> preview.of(x0.over(scale()), request.width(), request.height()));
        try (Scope picture = new Scope()) {
            return picture(latents(states, request, pass.scheduler(), pass.sampler(), progress));
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
        Denoiser denoiser = sampling.thresholding()
                .apply(Guidance.batched(
                        words -> sampling.denoiser((xt, t) -> unet.forward(redrawing.seen(xt), t, words)),
                        states.slice(0, 1, 2),
                        states.slice(0, 0, 1),
                        request.sampling().guidance().orElseThrow()));
        Tensor x0 = sampler.sample(redrawing.around(denoiser), sampling.schedule(), redrawing.start(), seed, progress);
        return redrawing.completed(x0).over(scale());
    }

    private Redrawing redrawing(ImageRequest request, Seed seed) {
        int height = request.height();
        int width = request.width();
        Source source = request.source();
        if (source != null) {
            int steps = request.sampling().steps().orElseThrow();
            Image mask = source.mask();
            return mask != null && unet.config().inpaints()
                    ? Redrawing.shown(source, mask, width, height, steps, autoencoder, seed)
                    : Redrawing.of(source, width, height, steps, autoencoder, seed);
        }
        AutoencoderKl.Config latent = autoencoder.config();
        int factor = latent.factor();
        Tensor xT = seed.randn(1, latent.latentChannels(), height / factor, width / factor);
        return Redrawing.ofNoise(xT);
    }

    private void expectMask(@Nullable Source source) {
        if (!unet.config().inpaints() || source != null && source.mask() != null) return;
        throw new IllegalArgumentException(name
                + ": expected a picture and a mask, for this model redraws the white part of a picture (inpainting), got "
                + (source == null ? "neither" : "no mask") + "; give both, --from and --mask, or name another model");
    }

    private double scale() {
        return autoencoder.config().scalingFactor();
    }

    /** @param latents unscaled, of one picture */
    private Image picture(Tensor latents) {
        return Pixels.toImages(autoencoder.decode(latents)).get(0);
    }

    private static int nearest(int length, int factor) {
        return Math.max(factor, (length + factor / 2) / factor * factor);
    }
}
