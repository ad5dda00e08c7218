package org.zeuxis.models.imagen;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.Network;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.Sampling;
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
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.4
 */
public record Stage(
        ImagenUNet network,
        SchedulerConfig scheduler,
        @Nullable SchedulerConfig augmentation,
        int noiseLevel) implements AutoCloseable {
    /** What DeepFloyd samples by, which says so by DDPM's scheduler. */
    private static final Sampling BASE = new Sampling(100, 7, "");

    private static final Sampling SUPER_RESOLUTION = new Sampling(50, 4, "");
    private static final String DEEP_FLOYD = "DDPMScheduler";

    /** What Zeuxis's own is sampled by. */
    private static final Sampling OWN_BASE = new Sampling(25, 4, "");

    private static final Sampling OWN_SUPER_RESOLUTION = new Sampling(25, 2, "");
    private static final int NOISE_LEVEL = 250;

    /** @throws IllegalArgumentException if a stage of super-resolution has no noising scheduler, or the base has one */
    public Stage {
        if (network.config().hearsNoise() != (augmentation != null)) {
            throw new IllegalArgumentException("expected an image_noising_scheduler of super-resolution and of no other"
                    + " stage, got " + (augmentation == null ? "none" : "one"));
        }
        if (augmentation != null) {
            int steps = augmentation.training().schedule().trainSteps();
            if (noiseLevel < 0 || noiseLevel >= steps) {
                throw new IllegalArgumentException(
                        "expected a noise level of 0 to " + (steps - 1) + ", got " + noiseLevel);
            }
        }
    }

    /** The stage that draws from the text alone. */
    public static Stage base(ImagenUNet network, SchedulerConfig scheduler) {
        return new Stage(network, scheduler, null, 0);
    }

    /** A stage that enlarges, at the level of noise that DeepFloyd takes, 250 of 1,000. */
    public static Stage superResolution(ImagenUNet network, SchedulerConfig scheduler, SchedulerConfig augmentation) {
        return new Stage(network, scheduler, augmentation, NOISE_LEVEL);
    }

    /** With another level of noise: more lets it invent more, less keeps it closer to the small picture. */
    public Stage withNoiseLevel(int other) {
        return new Stage(network, scheduler, augmentation, other);
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
        return usual.withSampler(scheduler.sampler());
    }

    /**
     * Draws from the text alone.
     *
     * @param text [batch, tokens, textWidth]
     * @param none of the empty text, or of what the picture does not show, as many
     * @return [batch, channels, size, size], −1 to 1
     */
    public Tensor draw(Tensor text, Tensor none, Sampling asked, Seed seed, Progress progress) {
        Tensor noise = seed.randn(text.size(0), network.config().channels(), size(), size());
        return sampled(noise, null, text, none, asked, seed, progress);
    }

    /**
     * Enlarges.
     *
     * @param small pictures, −1 to 1, [batch, channels, height, columns]
     * @return [batch, channels, size, size], −1 to 1
     */
    public Tensor enlarge(Tensor small, Tensor text, Tensor none, Sampling asked, Seed seed, Progress progress) {
        expectAugmentation();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor noise = seed.randn(small.size(0), small.size(1), size(), size());
            Tensor level = Tensor.full(noiseLevel, small.size(0)).to(DType.INT64);
            Tensor noised = noised(enlarged(small), level, seed);
            return scope.keep(sampled(noise, noised, text, none, asked, seed, progress));
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
     * @param level timesteps of the augmentation, [batch] of int64
     */
    public Tensor noised(Tensor large, Tensor level, Seed seed) {
        NoiseSchedule schedule = expectAugmentation().training().schedule();
        long[] steps = level.toLongs();
        float[] kept = new float[steps.length];
        float[] added = new float[steps.length];
        for (int i = 0; i < steps.length; i++) {
            double alphaBar = schedule.alphaBar((int) steps[i]);
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

    /** Writes a folder of diffusers' pipeline for such a stage, which is told texts as another has encoded them. */
    public void save(Path folder) throws IOException {
        ImagenFolder.save(this, folder);
    }

    private Tensor sampled(
            Tensor xT,
            @Nullable Tensor beside,
            Tensor text,
            Tensor none,
            Sampling asked,
            Seed seed,
            Progress progress) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Sampling full = asked.or(own());
            Scheduler sampling = scheduler.named(full.sampler());
            double scale = full.guidance().orElseThrow();
            Denoiser denoiser = scale == 1
                    ? denoiser(text, beside, sampling)
                    : Guidance.batched(
                            denoiser(
                                    Tensor.cat(0, none, text),
                                    beside == null ? null : Tensor.cat(0, beside, beside),
                                    sampling),
                            scale);
            Tensor x0 = sampling.sampler(full.steps().orElseThrow())
                    .sample(
                            sampling.thresholding().apply(denoiser),
                            sampling.schedule(),
                            Start.noise(xT),
                            seed,
                            progress);
            return scope.keep(x0.clamp(-1, 1));
        }
    }

    private Denoiser denoiser(Tensor text, @Nullable Tensor beside, Scheduler sampling) {
        Network predict = (x, t) -> {
            if (beside == null) return network.forward(x, t, text, null);
            Tensor level = Tensor.full(noiseLevel, x.size(0));
            return network.forward(Tensor.cat(1, x, beside), t, text, level);
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
