package org.zeuxis.models.latentdiffusion;

import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.Downsample;
import org.zeuxis.unet.GuidanceEmbedding;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.TimeEntry;
import org.zeuxis.unet.UNet;
import org.zeuxis.unet.Upsample;
import org.zeuxis.unet.attention.TransformerBlock2d;

/**
 * The denoising network of latent diffusion: a U-Net that is told the timestep by addition and the prompt by attention.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, Figure 3
 */
public final class DenoisingUNet extends Module {
    private final UNet unet;
    private final UNetConfig config;
    private final @Nullable Embedding noiseLevels;
    private final @Nullable GuidanceEmbedding guidance;

    public DenoisingUNet(UNetConfig c) {
        config = c;
        List<UNet.Stage> stages = c.levels().stream()
                .map(level -> level.attends()
                        ? new UNet.Stage(level.channels(), c.layersPerLevel(), transformer(c, level))
                        : UNet.Stage.plain(level.channels(), c.layersPerLevel()))
                .toList();
        unet = child(
                "",
                new UNet(new UNet.Parts(
                        c.inChannels(),
                        c.outChannels(),
                        stages,
                        middle(c, c.levels().get(c.levels().size() - 1)),
                        new ResBlock.Style(c.timeWidth(), c.groups(), 1e-5, Activation.SILU, TimeEntry.ADDED, 1),
                        Downsample::centred,
                        Upsample::new)));
        noiseLevels = c.noiseLevels() == 0
                ? null
                : child("class_embedding", new Embedding(c.noiseLevels(), c.timeWidth(), Initialization.normal(1)));
        guidance = c.hearsGuidance()
                ? child(
                        "time_embedding",
                        new GuidanceEmbedding(
                                c.guidanceWidth(), c.levels().get(0).channels()))
                : null;
    }

    private static IntFunction<SpatialMixer> transformer(UNetConfig c, UNetConfig.Level level) {
        if (!level.wordsAlone()) return middle(c, level);
        return channels -> TransformerBlock2d.amongWords(
                channels, level.heads(), c.contextWidth(), c.transformerDepth(), c.groups(), c.projection());
    }

    /** Where pixels attend to one another whatever they do elsewhere. */
    private static IntFunction<SpatialMixer> middle(UNetConfig c, UNetConfig.Level level) {
        return channels -> new TransformerBlock2d(
                channels, level.heads(), c.contextWidth(), c.transformerDepth(), c.groups(), c.projection());
    }

    public UNetConfig config() {
        return config;
    }

    /** What it computes in. */
    public DType dtype() {
        return unet.dtype();
    }

    /**
     * @param x [batch, inChannels, height, columns]
     * @param t timesteps, [batch]
     * @param context [batch, tokens, contextWidth]
     * @return [batch, outChannels, height, columns], in x's type whatever this computes in
     */
    public Tensor forward(Tensor x, Tensor t, Tensor context) {
        if (guidance != null) {
            throw new IllegalStateException("expected a U-Net that is told no guidance scale, got one that is told it");
        }
        Tensor own = x.to(unet.dtype());
        return predicted(x, own, unet.time(t, own), context);
    }

    /**
     * The same of a network that is shown a small picture beside the latents.
     *
     * @param noise how noisy that is, one of {@link UNetConfig#noiseLevels()}
     */
    public Tensor forward(Tensor x, Tensor t, Tensor context, int noise) {
        if (noiseLevels == null) {
            throw new IllegalStateException(
                    "expected a U-Net that is told a level of noise, got one that is told none");
        }
        Tensor own = x.to(unet.dtype());
        Tensor level = noiseLevels.forward(Tensor.of(new long[] {noise}, 1));
        return predicted(x, own, unet.time(t, own).plus(level), context);
    }

    /**
     * The same of a network that was distilled with its guidance.
     *
     * @param scales guidance scales, [batch]
     */
    public Tensor forward(Tensor x, Tensor t, Tensor context, Tensor scales) {
        if (guidance == null) {
            throw new IllegalStateException(
                    "expected a U-Net that is told a guidance scale, got one that is told none");
        }
        Tensor own = x.to(unet.dtype());
        return predicted(x, own, unet.time(t, guidance.forward(scales, own), own), context);
    }

    private Tensor predicted(Tensor x, Tensor own, Tensor time, Tensor context) {
        return unet.forward(own, Conditioning.of(time, context.to(own.dtype()))).to(x.dtype());
    }
}
