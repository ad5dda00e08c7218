package org.zeuxis.models.unclip;

import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Guidance;
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
    private static final double GUIDANCE = 4;
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
        return seed.randn(batch, network.config().unet().inChannels(), size, size);
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
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Sampling full = asked.or(own());
            Scheduler sampling = scheduler.named(full.sampler());
            Denoiser denoiser = guided(image, text, none, full.guidance().orElseThrow(), sampling);
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

    /**
     * The noise from which DDIM without noise of its own draws a picture: what the picture has that its embedding does not say.
     *
     * @param x0 [batch, channels, size, size], −1 to 1
     */
    public Tensor invert(Tensor x0, Tensor image, EncodedText text, int steps, Progress progress) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Scheduler sampling = scheduler.own();
            Denoiser denoiser = guided(image, text, text, 1, sampling);
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
            Denoiser denoiser = guided(image, text, text, 1, sampling);
            Tensor x0 = new DdimSampler(spaced(steps), eta, true)
                    .sample(denoiser, sampling.schedule(), Start.noise(xT), seed, progress);
            return scope.keep(x0.clamp(-1, 1));
        }
    }

    private static Respacing spaced(int steps) {
        return Respacing.leading(steps, 0);
    }

    private Denoiser guided(Tensor image, EncodedText text, EncodedText none, double guidance, Scheduler sampling) {
        if (guidance == 1) return denoiser(projection.forward(image, text), sampling);
        Tensor both = Tensor.cat(0, projection.noImage(image.size(0)), image);
        return Guidance.batched(denoiser(projection.forward(both, none.and(text)), sampling), guidance);
    }

    private Denoiser denoiser(Conditioning told, Scheduler sampling) {
        Network predict = (xt, t) -> network.forward(xt, t, told);
        return network.config().learnsVariance()
                ? Denoiser.withLearnedVariance(predict, sampling.predicts())
                : Denoiser.of(predict, sampling.predicts());
    }

    @Override
    public void close() {
        projection.close();
        network.close();
    }
}
