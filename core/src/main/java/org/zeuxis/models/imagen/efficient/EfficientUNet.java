package org.zeuxis.models.imagen.efficient;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.models.imagen.TextPooling;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.TimeEntry;
import org.zeuxis.unet.TimestepEmbedding;

/**
 * Efficient U-Net: more blocks at low resolution, skips at 1/√2, halved before and doubled after the convolutions. The time, with
 * the pooled text and the level of noise, enters every residual block, where the figures combine it once for each block of them.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, appendix B and Figure A.30
 */
public final class EfficientUNet extends Module {
    static final double EPSILON = 1e-5;

    /** One resolution, half that of the one before; the first at half of the picture's. */
    public record Level(int channels, int resBlocks, Attends attends) {}

    /**
     * @param levels from the highest resolution down
     * @param heads of each attention
     * @param textWidth of the text encoder
     * @param hearsNoise whether it is told the level of the noise on the small picture
     */
    public record Config(
            int inChannels,
            int outChannels,
            List<Level> levels,
            int timeWidth,
            int groups,
            int heads,
            int textWidth,
            boolean hearsNoise) {
        /** Imagen's 64×64 to 256×256, over T5-XXL. */
        public static final Config TO_256 = paper(Attends.TO_ALL);

        /** Imagen's 256×256 to 1024×1024, over T5-XXL. */
        public static final Config TO_1024 = paper(Attends.TO_TEXT);

        private static Config paper(Attends lowest) {
            List<Level> levels = List.of(
                    new Level(128, 2, Attends.NOT),
                    new Level(256, 4, Attends.NOT),
                    new Level(512, 8, Attends.NOT),
                    new Level(1024, 8, lowest));
            return new Config(6, 3, levels, 512, 32, 8, 4096, true);
        }

        /** @throws IllegalArgumentException if there is no level, or channels or text do not fall into groups or heads */
        public Config {
            levels = List.copyOf(levels);
            if (levels.isEmpty()) throw new IllegalArgumentException("expected at least one level, got none");
            for (Level level : levels) {
                if (level.resBlocks < 1 || level.channels % groups != 0 || 2 * level.channels % heads != 0) {
                    throw new IllegalArgumentException("expected levels of at least one block, with channels in "
                            + groups + " equal groups and twice as many in " + heads + " equal heads, got " + level);
                }
            }
            if (textWidth % heads != 0) {
                throw new IllegalArgumentException(
                        "expected a text width of equal heads to pool it, got " + textWidth + " in " + heads);
            }
        }

        ResBlock.Style blocks() {
            return new ResBlock.Style(timeWidth, groups, EPSILON, Activation.SILU, TimeEntry.SCALE_AND_SHIFT, 1);
        }
    }

    private final Config config;
    private final TimestepEmbedding time;
    private final @Nullable TimestepEmbedding noise;
    private final TextPooling pooling;
    private final Conv2d convIn;
    private final List<DBlock> downBlocks;
    private final List<UBlock> upBlocks;
    private final Conv2d convOut;

    public EfficientUNet(Config c) {
        config = c;
        int first = c.levels.get(0).channels;
        int depth = c.levels.size();
        time = child("time_embedding", new TimestepEmbedding(first, c.timeWidth, Activation.SILU));
        noise = c.hearsNoise
                ? child("class_embedding", new TimestepEmbedding(first, c.timeWidth, Activation.SILU))
                : null;
        pooling = child("add_embedding", new TextPooling(c.textWidth, c.timeWidth, c.heads));
        convIn = child("conv_in", new Conv2d(c.inChannels, first, 3, 1, 1));
        downBlocks = children("down_blocks", depth, i -> new DBlock(channels(i - 1), c.levels.get(i), c));
        upBlocks = children("up_blocks", depth, j -> {
            int i = depth - 1 - j;
            int skip = channels(i);
            return new UBlock(i == depth - 1 ? skip : channels(i + 1) + skip, c.levels.get(i), c);
        });
        convOut = child("conv_out", Conv2d.silent(first, c.outChannels, 1, 1, 0));
    }

    private int channels(int level) {
        return config.levels.get(Math.max(0, level)).channels;
    }

    public Config config() {
        return config;
    }

    /** What it computes in. */
    public DType dtype() {
        return convIn.dtype();
    }

    /**
     * @param x noised pictures with the small ones beside, whose height and columns can be halved once for each level, [batch,
     *     inChannels, height, columns]
     * @param t timesteps, [batch]
     * @param text of the text encoder, [batch, tokens, textWidth]
     * @param noiseLevel [batch], if it is told one
     * @return [batch, outChannels, height, columns]
     */
    public Tensor forward(Tensor x, Tensor t, Tensor text, @Nullable Tensor noiseLevel) {
        Tensor own = x.to(dtype());
        Tensor read = text.to(dtype());
        Tensor told = time.forward(t, own).plus(pooling.forward(read));
        if (noise != null && noiseLevel != null) told = told.plus(noise.forward(noiseLevel, own));
        // residual blocks begin with the activation of the time: once is enough
        Conditioning active = Conditioning.of(told.silu(), read);
        Tensor h = convIn.forward(own.forConvolution());
        List<Tensor> skips = new ArrayList<>();
        for (DBlock block : downBlocks) {
            h = block.forward(h, active);
            skips.add(h);
        }
        for (int j = 0; j < upBlocks.size(); j++) {
            Tensor skip = j == 0 ? null : skips.get(skips.size() - 1 - j);
            h = upBlocks.get(j).forward(h, skip, active);
        }
        return convOut.forward(h).to(x.dtype());
    }
}
