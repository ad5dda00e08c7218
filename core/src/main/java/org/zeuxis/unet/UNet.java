package org.zeuxis.unet;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.GroupNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The skeleton of every U-Net: down through the stages, through the middle, and up again past what the way down left.
 *
 * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, appendix B
 */
public final class UNet extends Module {

    /**
     * One resolution.
     *
     * @param layers residual blocks on the way down; on the way up there is one more
     * @param mixer what follows each of them, given its channels
     */
    public record Stage(int channels, int layers, IntFunction<SpatialMixer> mixer) {
        /** Residual blocks alone. */
        public static Stage plain(int channels, int layers) {
            return new Stage(channels, layers, c -> SpatialMixer.NONE);
        }
    }

    /**
     * What stands where.
     *
     * @param stages from the full resolution down, each at half the size of the one before
     * @param middle what mixes pixels between the two residual blocks of the lowest resolution, given its channels
     * @param blocks how residual blocks compute
     * @param down what leads to the next stage on the way down, given its channels
     * @param up what leads to the next stage on the way up, given its channels
     */
    public record Parts(
            int inChannels,
            int outChannels,
            List<Stage> stages,
            IntFunction<SpatialMixer> middle,
            ResBlock.Style blocks,
            IntFunction<Resampler> down,
            IntFunction<Resampler> up) {

        /** @throws IllegalArgumentException if there is no stage */
        public Parts {
            stages = List.copyOf(stages);
            if (stages.isEmpty()) throw new IllegalArgumentException("expected at least one stage, got none");
        }

        /** Of the stage at {@code index}, or of the first or last where it lies beyond. */
        int channels(int index) {
            return stages.get(Math.max(0, Math.min(index, stages.size() - 1))).channels();
        }
    }

    private final Conv2d convIn;
    private final TimestepEmbedding timeEmbedding;
    private final List<DownBlock> downBlocks;
    private final MidBlock midBlock;
    private final List<UpBlock> upBlocks;
    private final GroupNorm normOut;
    private final Conv2d convOut;
    private final ResBlock.Style blocks;

    public UNet(Parts parts) {
        blocks = parts.blocks;
        int channels = parts.channels(0);
        int depth = parts.stages.size();
        convIn = child("conv_in", new Conv2d(parts.inChannels, channels, 3, 1, 1));
        timeEmbedding =
                child("time_embedding", new TimestepEmbedding(channels, blocks.timeWidth(), blocks.activation()));
        downBlocks = children("down_blocks", depth, i -> new DownBlock(parts, i));
        upBlocks = children("up_blocks", depth, i -> new UpBlock(parts, depth - 1 - i));
        midBlock = child("mid_block", new MidBlock(parts));
        normOut = child("conv_norm_out", new GroupNorm(blocks.groups(), channels, blocks.epsilon()));
        convOut = child("conv_out", Conv2d.silent(channels, parts.outChannels, 3, 1, 1));
    }

    /** What it computes in. */
    public DType dtype() {
        return convIn.dtype();
    }

    /**
     * The timestep as this network's {@link Conditioning#time()}, to which what else there is to tell is added.
     *
     * @param t [batch]
     * @param like of the type to compute in
     * @return [batch, timeWidth]
     */
    public Tensor time(Tensor t, Tensor like) {
        return timeEmbedding.forward(t, like);
    }

    /**
     * The same of more than the timestep.
     *
     * @param beside what is added to the timestep's waves, [batch, channels of the first stage]
     */
    public Tensor time(Tensor t, Tensor beside, Tensor like) {
        return timeEmbedding.forward(t, beside, like);
    }

    private Tensor out(Tensor h) {
        long height = h.size(2);
        long columns = h.size(3);
        if (!Bands.suit(h.size(0), height, columns)) {
            return convOut.forward(blocks.activation().apply(normOut.forward(h)));
        }
        UnaryOperator<Tensor> norm = normOut.of((top, below) -> h.slice(2, top, below), height, columns);
        Bands.Rows active = (top, below) -> blocks.activation().apply(norm.apply(h.slice(2, top, below)));
        return Bands.whole(
                height, columns, (top, below) -> Bands.withNeighbours(active, convOut::forward, top, below, height));
    }

    /**
     * @param x [batch, inChannels, height, columns]
     * @return [batch, outChannels, height, columns]
     */
    public Tensor forward(Tensor x, Conditioning told) {
        // every block begins with the activation of the time: once is enough
        Conditioning active = told.withTime(blocks.activation().apply(told.time()));
        List<Tensor> skips = new ArrayList<>();
        Tensor h = convIn.forward(x.forConvolution());
        skips.add(h);
        for (DownBlock block : downBlocks) h = block.forward(h, active, skips);
        h = midBlock.forward(h, active);
        ArrayDeque<Tensor> remaining = new ArrayDeque<>(skips);
        for (UpBlock block : upBlocks) h = block.forward(h, active, remaining);
        return out(h);
    }
}
