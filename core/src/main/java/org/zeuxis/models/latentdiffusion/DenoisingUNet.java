package org.zeuxis.models.latentdiffusion;

import java.util.List;
import java.util.function.IntFunction;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.Downsample;
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
                        transformer(c, c.levels().get(c.levels().size() - 1)),
                        new ResBlock.Style(c.timeWidth(), c.groups(), 1e-5, Activation.SILU, TimeEntry.ADDED, 1),
                        Downsample::centred,
                        Upsample::new)));
    }

    private static IntFunction<SpatialMixer> transformer(UNetConfig c, UNetConfig.Level level) {
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
        Tensor own = x.to(unet.dtype());
        return unet.forward(own, Conditioning.of(unet.time(t, own), context.to(own.dtype())))
                .to(x.dtype());
    }
}
