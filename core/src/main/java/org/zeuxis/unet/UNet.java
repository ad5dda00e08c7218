package org.zeuxis.unet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * The denoising network of latent diffusion: a U-Net that is told the timestep by addition and the prompt by attention.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, Figure 3
 */
public final class UNet extends Module {
    private final Conv2d convIn;
    private final TimestepEmbedding timeEmbedding;
    private final List<DownBlock> downBlocks;
    private final MidBlock midBlock;
    private final List<UpBlock> upBlocks;
    private final GroupNorm normOut;
    private final Conv2d convOut;
    private final UNetConfig config;

    public UNet(UNetConfig c) {
        config = c;
        int channels = c.levels().get(0).channels();
        int depth = c.levels().size();
        convIn = child("conv_in", new Conv2d(c.inChannels(), channels, 3, 1, 1));
        timeEmbedding = child("time_embedding", new TimestepEmbedding(channels, c.timeWidth()));
        downBlocks = children("down_blocks", depth, i -> new DownBlock(c, i));
        upBlocks = children("up_blocks", depth, i -> new UpBlock(c, depth - 1 - i));
        midBlock = child("mid_block", new MidBlock(c));
        normOut = child("conv_norm_out", new GroupNorm(c.groups(), channels, 1e-5));
        convOut = child("conv_out", new Conv2d(channels, c.outChannels(), 3, 1, 1));
    }

    public UNetConfig config() {
        return config;
    }

    /**
     * @param x [batch, inChannels, height, columns]
     * @param t timesteps, [batch]
     * @param context [batch, tokens, contextWidth]
     * @return [batch, outChannels, height, columns]
     */
    public Tensor forward(Tensor x, Tensor t, Tensor context) {
        Tensor time = timeEmbedding.forward(t, x);
        List<Tensor> skips = new ArrayList<>();
        Tensor h = convIn.forward(x.forConvolution());
        skips.add(h);
        for (DownBlock block : downBlocks) h = block.forward(h, time, context, skips);
        h = midBlock.forward(h, time, context);
        ArrayDeque<Tensor> remaining = new ArrayDeque<>(skips);
        for (UpBlock block : upBlocks) h = block.forward(h, time, context, remaining);
        return convOut.forward(normOut.forward(h).silu());
    }
}
