package org.zeuxis.models.unclip;

import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
import org.zeuxis.diffusion.Inpainting;
import org.zeuxis.diffusion.Network;
import org.zeuxis.diffusion.sampler.DdimInversion;
import org.zeuxis.diffusion.sampler.DdimSampler;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.scheduler.Scheduler;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.Sampling;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;

/**
 * The decoder with what it is told and how it is sampled: from an image embedding and a caption to a picture.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 2.1
 */
public record Decoding(ClipProjection projection, Decoder network, SchedulerConfig scheduler) implements AutoCloseable {
    private static final int STEPS = 25;
    private static final double GUIDANCE = 2;
    private static final double KARLO_GUIDANCE = 8;

    /** @throws IllegalArgumentException if one part is not of the width that another expects */
    public Decoding {
        ClipProjection.Config told = projection.config();
        expectSame(
                "time_embed_dim",
                told.timeWidth(),
                "timestep embedding",
                network.config().unet().blocks().timeWidth());
        expectSame(
                "cross_attention_dim",
                told.tokenWidth(),
                "cross_attention_dim",
                network.config().tokenWidth());
        if (scheduler.own().learnsVariance() && !network.config().learnsVariance()) {
            throw new IllegalArgumentException("expected a decoder with twice as many channels out as in, as its"
                    + " scheduler's variance is learned, got "
                    + network.config().unet().outChannels());
        }
    }

    private static void expectSame(String key, int got, String what, int expected) {
        if (got == expected) return;
        throw new IllegalArgumentException(
                "expected " + key + " of text_proj to be the decoder's " + what + ", " + expected + ", got " + got);
    }

    /** What it is sampled by unless another is asked for. */
    public Sampling own() {
        boolean karlo = scheduler.className().equals("UnCLIPScheduler");
        return new Sampling(STEPS, karlo ? KARLO_GUIDANCE : GUIDANCE, scheduler.sampler());
    }

    /** Noise to begin with, [batch, channels, size, size]. */
    public Tensor noise(long batch, Seed seed) {
        int size = network.config().size();
        return seed.randn(batch, network.config().channels(), size, size);
    }

    /**
     * @param image embeddings, as the image tower's projection gives them, [batch, width]
     * @param text as many captions
     * @param none as many empty captions, or of what the pictures do not show, of as many tokens
     * @param xT what {@link #noise} gives
     * @param seed of the noise of the steps
     * @return [batch, channels, size, size], −1 to 1
     */
    public Tensor decode(
            Tensor image, EncodedText text, EncodedText none, Sampling asked, Tensor xT, Seed seed, Progress progress) {
        return decode(image, text, none, null, asked, xT, seed, progress);
    }

    /**
     * The same with a part of the picture known: shown to a network that learned to look, and put in the place of what
     * any other makes of it.
     *
     * @param known null if nothing is
     */
    public Tensor decode(
            Tensor image,
            EncodedText text,
            EncodedText none,
            Inpainting.@Nullable Known known,
            Sampling asked,
            Tensor xT,
            Seed seed,
            Progress progress) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Sampling full = asked.or(own());
            Scheduler sampling = scheduler.named(full.sampler());
            double guidance = full.guidance().orElseThrow();
            Denoiser denoiser = sampling.thresholding().apply(guided(image, text, none, known, guidance, sampling));
            Tensor x0 = sampling.sampler(full.steps().orElseThrow())
                    .sample(around(denoiser, known), sampling.schedule(), Start.noise(xT), seed, progress);
            Tensor whole = known == null ? x0 : known.in(x0);
            return scope.keep(whole.clamp(-1, 1));
        }
    }

    /**
     * The noise from which DDIM without noise of its own draws a picture: what the picture has that its embedding does not say.
     *
     * @param x0 [batch, channels, size, size], −1 to 1
     */
    public Tensor invert(Tensor x0, Tensor image, EncodedText text, int steps, Progress progress) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Scheduler sampling = scheduler.own();
            Denoiser denoiser = guided(image, text, text, null, 1, sampling);
            return scope.keep(new DdimInversion(spaced(steps)).noise(denoiser, sampling.schedule(), x0, progress));
        }
    }

    /**
     * Draws from the noise that {@link #invert} gave.
     *
     * @param eta 0 gives the picture back, 1 adds as much new noise as DDPM
     */
    public Tensor redecode(
            Tensor xT, Tensor image, EncodedText text, int steps, double eta, Seed seed, Progress progress) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Scheduler sampling = scheduler.own();
            Denoiser denoiser = guided(image, text, text, null, 1, sampling);
            Tensor x0 = new DdimSampler(spaced(steps), eta, true)
                    .sample(denoiser, sampling.schedule(), Start.noise(xT), seed, progress);
            return scope.keep(x0.clamp(-1, 1));
        }
    }

    private static Respacing spaced(int steps) {
        return Respacing.leading(steps, 0);
    }

    private Denoiser around(Denoiser denoiser, Inpainting.@Nullable Known known) {
        if (known == null) return denoiser;
        if (!network.config().inpaints()) return new Inpainting(denoiser, known);
        return (xt, level) -> {
            Denoised denoised = denoiser.denoise(xt, level);
            return denoised.withX0(known.in(denoised.x0()));
        };
    }

    private Denoiser guided(
            Tensor image,
            EncodedText text,
            EncodedText none,
            Inpainting.@Nullable Known known,
            double guidance,
            Scheduler sampling) {
        if (guidance == 1) return denoiser(projection.forward(image, text), known, sampling);
        Tensor both = Tensor.cat(0, projection.noImage(image.size(0)), image);
        return Guidance.batched(denoiser(projection.forward(both, none.and(text)), known, sampling), guidance);
    }

    private Denoiser denoiser(Conditioning told, Inpainting.@Nullable Known known, Scheduler sampling) {
        Network predict = known != null && network.config().inpaints()
                ? shown(Decoder.shown(known.x0(), known.mask()), told)
                : (xt, t) -> network.forward(xt, t, told);
        return network.config().learnsVariance()
                ? Denoiser.withLearnedVariance(predict, sampling.predicts())
                : Denoiser.of(predict, sampling.predicts());
    }

    private Network shown(Tensor known, Conditioning told) {
        return (xt, t) -> network.forward(xt, t, known.repeat(xt.size(0) / known.size(0), 1, 1, 1), told);
    }

    @Override
    public void close() {
        projection.close();
        network.close();
    }
}
