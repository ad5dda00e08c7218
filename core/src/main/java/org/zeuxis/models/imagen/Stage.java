package org.zeuxis.models.imagen;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.CleanInpainting;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.Network;
import org.zeuxis.diffusion.sampler.AncestralSampler;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.TimestepPreset;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.imagen.network.StageNetwork;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * A network of the cascade with how it is sampled: the base draws a small picture of a text, each further stage a larger one of
 * the text and the small one, to which noise is added first.
 *
 * @param augmentation the noise that is added to the small picture; null for the base
 * @param noiseLevel at which timestep of it, and the network is told so
 * @param thresholding of what the network makes of the picture at each step
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.4
 */
public record Stage(
        StageNetwork network,
        SchedulerConfig scheduler,
        @Nullable SchedulerConfig augmentation,
        int noiseLevel,
        Thresholding thresholding)
        implements AutoCloseable {
    /** What DeepFloyd samples by, which says so by DDPM's scheduler. */
    private static final Sampling BASE = new Sampling(100, 7, "");

    private static final Sampling SUPER_RESOLUTION = new Sampling(50, 4, "");
    private static final String DEEP_FLOYD = "DDPMScheduler";

    /** What Zeuxis's own is sampled by. */
    private static final Sampling OWN_BASE = new Sampling(25, 2, "");

    private static final Sampling OWN_SUPER_RESOLUTION = new Sampling(12, 1, "");
    private static final int NOISE_LEVEL = 250;

    /** @throws IllegalArgumentException if a stage of super-resolution has no noising scheduler, or the base has one */
    public Stage {
        if (network.config().hearsNoise() != (augmentation != null)) {
            throw new IllegalArgumentException("expected an image_noising_scheduler of super-resolution and of no other"
                    + " stage, got " + (augmentation == null ? "none" : "one"));
        }
        if (augmentation != null) {
            expectLevel(augmentation, noiseLevel);
        }
    }

    private static void expectLevel(SchedulerConfig augmentation, int level) {
        int steps = augmentation.training().schedule().trainSteps();
        if (level >= 0 && level < steps) return;
        throw new IllegalArgumentException("expected a noise level of 0 to " + (steps - 1) + ", got " + level);
    }

    /** The stage that draws from the text alone. */
    public static Stage base(StageNetwork network, SchedulerConfig scheduler) {
        return new Stage(network, scheduler, null, 0, Thresholding.PUBLISHED);
    }

    /** A stage that enlarges, at the level of noise that DeepFloyd takes, 250 of 1,000. */
    public static Stage superResolution(StageNetwork network, SchedulerConfig scheduler, SchedulerConfig augmentation) {
        return new Stage(network, scheduler, augmentation, NOISE_LEVEL, Thresholding.PUBLISHED);
    }

    /** With another level of noise: more lets it invent more, less keeps it closer to the small picture. */
    public Stage withNoiseLevel(int other) {
        return new Stage(network, scheduler, augmentation, other, thresholding);
    }

    /** With another thresholding than the scheduler's. */
    public Stage with(Thresholding other) {
        return new Stage(network, scheduler, augmentation, noiseLevel, other);
    }

    /** Height and columns of the pictures it was trained on. */
    public int size() {
        return network.config().size();
    }

    /** What it is sampled by unless another is asked for. */
    public Sampling own() {
        boolean deepFloyd = scheduler.className().equals(DEEP_FLOYD);
        Sampling usual = augmentation == null
                ? (deepFloyd ? BASE : OWN_BASE)
                : (deepFloyd ? SUPER_RESOLUTION : OWN_SUPER_RESOLUTION);
        Sampling own = usual.withSampler(scheduler.sampler());
        return augmentation == null ? own : own.withNoiseLevel(noiseLevel);
    }

    /**
     * With nothing left open.
     *
     * @param asked whose sampler may be a {@link TimestepPreset}: DDPM at its timesteps
     * @throws IllegalArgumentException if other steps are asked for beside a preset, or noise where there is no small picture
     */
    Sampling filled(Sampling asked) {
        if (asked.noiseLevel().isPresent()) expectLevel(asked.noiseLevel().getAsInt());
        TimestepPreset preset = TimestepPreset.named(asked.sampler());
        if (preset == null) return asked.or(own());
        int steps = asked.steps().orElse(preset.steps());
        if (steps == preset.steps()) return asked.withSteps(steps).or(own());
        throw new IllegalArgumentException("expected " + preset.steps() + " steps beside " + asked.sampler()
                + ", which has so many, got " + steps + "; leave them out");
    }

    private void expectLevel(int level) {
        if (augmentation != null) {
            expectLevel(augmentation, level);
            return;
        }
        throw new IllegalArgumentException("expected a noise level of a stage that enlarges a picture, such as"
                + " upsampler256, got " + level + " of the base; leave it out");
    }

    private static Sampler sampler(Scheduler sampling, Sampling full) {
        TimestepPreset preset = TimestepPreset.named(full.sampler());
        Sampler sampler = sampling.sampler(full.steps().orElseThrow());
        return preset != null && sampler instanceof AncestralSampler ddpm ? ddpm.at(preset) : sampler;
    }

    /**
     * Draws from the text alone.
     *
     * @param text [batch, tokens, textWidth]
     * @param none of the empty text, or of what the picture does not show, as many
     * @return [batch, channels, size, size], −1 to 1
     */
    public Tensor draw(Tensor text, Tensor none, Sampling asked, Seed seed, Progress progress) {
        return sampled(noise(text.size(0), seed), null, null, text, none, asked, seed, progress);
    }

    /**
     * Draws a picture again, of which the strength says how much is left.
     *
     * @see #draw
     */
    public Tensor redraw(Original from, Tensor text, Tensor none, Sampling asked, Seed seed, Progress progress) {
        return sampled(noise(text.size(0), seed), from, null, text, none, asked, seed, progress);
    }

    private Tensor noise(long batch, Seed seed) {
        return seed.randn(batch, network.config().channels(), size(), size());
    }

    /**
     * Enlarges.
     *
     * @param small pictures, −1 to 1, [batch, channels, height, columns]
     * @return [batch, channels, size, size], −1 to 1
     */
    public Tensor enlarge(Tensor small, Tensor text, Tensor none, Sampling asked, Seed seed, Progress progress) {
        return enlarge(small, null, text, none, asked, seed, progress);
    }

    /**
     * The same of a large picture that is there, which is drawn again.
     *
     * @param from null to draw it anew
     */
    public Tensor enlarge(
            Tensor small,
            @Nullable Original from,
            Tensor text,
            Tensor none,
            Sampling asked,
            Seed seed,
            Progress progress) {
        expectAugmentation();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor noise = noise(small.size(0), seed);
            int timestep = filled(asked).noiseLevel().orElseThrow();
            Tensor level = Tensor.full(timestep, small.size(0)).to(DType.INT64);
            Tensor noised = noised(enlarged(small), level, seed);
            return scope.keep(sampled(noise, from, noised, text, none, asked, seed, progress));
        }
    }

    /** The small pictures at the size of the large ones, as the network is shown them, but for the noise. */
    public Tensor enlarged(Tensor small) {
        return small.resizeBetweenCorners(size(), size());
    }

    /**
     * With the noise that super-resolution is shown them in, so that it looks past the faults of the stage before.
     *
     * @param large [batch, channels, height, columns]
     * @param level timesteps of the augmentation, or times between them, [batch]
     */
    public Tensor noised(Tensor large, Tensor level, Seed seed) {
        NoiseSchedule schedule = expectAugmentation().training().schedule();
        float[] steps = level.toFloats();
        float[] kept = new float[steps.length];
        float[] added = new float[steps.length];
        for (int i = 0; i < steps.length; i++) {
            double alphaBar = schedule.alphaBar((double) steps[i]);
            kept[i] = (float) Math.sqrt(alphaBar);
            added[i] = (float) Math.sqrt(1 - alphaBar);
        }
        Tensor eps = seed.randn(large.shape());
        return large.times(Tensor.of(kept, steps.length, 1, 1, 1))
                .plus(eps.times(Tensor.of(added, steps.length, 1, 1, 1)));
    }

    private SchedulerConfig expectAugmentation() {
        if (augmentation != null) return augmentation;
        throw new IllegalArgumentException("expected a stage of super-resolution to enlarge, got the base");
    }

    /** Writes a folder in the layout of diffusers' pipeline for such a stage, without a text encoder. */
    public void save(Path folder) throws IOException {
        ImagenFolder.save(this, folder);
    }

    private Tensor sampled(
            Tensor noise,
            @Nullable Original from,
            @Nullable Tensor beside,
            Tensor text,
            Tensor none,
            Sampling asked,
            Seed seed,
            Progress progress) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Sampling full = filled(asked);
            boolean preset = TimestepPreset.named(full.sampler()) != null;
            Scheduler sampling = preset ? scheduler.training() : scheduler.named(full.sampler());
            double scale = full.guidance().orElseThrow();
            int level = full.noiseLevel().orElse(0);
            Denoiser denoiser = scale == 1
                    ? denoiser(text, beside, level, sampling)
                    : Guidance.batched(
                            denoiser(
                                    Tensor.cat(0, none, text),
                                    beside == null ? null : Tensor.cat(0, beside, beside),
                                    level,
                                    sampling),
                            scale);
            int steps = full.steps().orElseThrow();
            Denoiser thresholded = thresholding.around(denoiser, sampling);
            Tensor unknown = from == null ? null : from.unknown();
            CleanInpainting kept =
                    from == null || unknown == null ? null : new CleanInpainting(thresholded, from.x0(), unknown);
            Tensor x0 = sampler(sampling, full)
                    .sample(
                            kept == null ? thresholded : kept,
                            sampling.schedule(),
                            from == null ? Start.noise(noise) : from.under(noise, steps),
                            seed,
                            progress);
            Tensor whole = kept == null ? x0 : kept.in(x0);
            return scope.keep(whole.clamp(-1, 1));
        }
    }

    private Denoiser denoiser(Tensor text, @Nullable Tensor beside, int level, Scheduler sampling) {
        StageNetwork.Reading read = network.read(text);
        Network predict = (x, t) -> {
            if (beside == null) return network.forward(x, t, read, null);
            return network.forward(Tensor.cat(1, x, beside), t, read, Tensor.full(level, x.size(0)));
        };
        return network.config().learnsVariance()
                ? Denoiser.withLearnedVariance(predict, sampling.predicts())
                : Denoiser.of(predict, sampling.predicts());
    }

    @Override
    public void close() {
        network.close();
    }
}
