package org.zeuxis.models.imagen.efficient;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.models.imagen.network.StageNetwork;
import org.zeuxis.models.imagen.network.TextPooling;
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
public final class EfficientUNet extends Module implements StageNetwork {
    /** As {@code config.json} names its class, which no Python library has. */
    public static final String NAME = "EfficientUNet";

    static final double EPSILON = 1e-5;

    /** One resolution, half that of the one before; the first at half of the picture's. */
    public record Level(int channels, int resBlocks, Attends attends) {}

    /**
     * @param levels from the highest resolution down
     * @param heads of each attention
     * @param textWidth of the text encoder
     * @param hearsNoise whether it is told the level of the noise on the small picture
     * @param size height and columns of the pictures it is trained on
     */
    public record Config(
            int inChannels,
            int outChannels,
            List<Level> levels,
            int timeWidth,
            int groups,
            int heads,
            int textWidth,
            boolean hearsNoise,
            int size)
            implements StageNetwork.Config {
        /** Imagen's 64×64 to 256×256, over T5-XXL. */
        public static final Config TO_256 = paper(Attends.TO_ALL, 256);

        /** Imagen's 256×256 to 1024×1024, over T5-XXL. */
        public static final Config TO_1024 = paper(Attends.TO_TEXT, 1024);

        private static Config paper(Attends lowest, int size) {
            List<Level> levels = List.of(
                    new Level(128, 2, Attends.NOT),
                    new Level(256, 4, Attends.NOT),
                    new Level(512, 8, Attends.NOT),
                    new Level(1024, 8, lowest));
            return new Config(6, 3, levels, 512, 32, 8, 4096, true, size);
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

        /** @throws ConfigException if it is not whole, or asks for what is not here, naming it */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("_class_name", NAME);
            c.expect("class_embed_type", "timestep", "null");
            List<Integer> channels = c.sizes("block_out_channels", List.of(), Size.WIDTH);
            List<Integer> layers = c.sizes("layers_per_block", List.of(), Size.BLOCKS);
            List<String> attention = c.texts("attention");
            if (layers.size() != channels.size() || attention.size() != channels.size()) {
                throw new ConfigException(c.origin() + ": expected for each of block_out_channels its layers_per_block"
                        + " and attention, got " + channels.size() + ", " + layers.size() + " and "
                        + attention.size() + " of them");
            }
            List<Level> levels = new ArrayList<>();
            for (int i = 0; i < channels.size(); i++) {
                levels.add(new Level(channels.get(i), layers.get(i), Attends.named(attention.get(i))));
            }
            Config config = new Config(
                    c.size("in_channels", Size.WIDTH),
                    c.size("out_channels", Size.WIDTH),
                    levels,
                    c.size("time_embedding_dim", Size.WIDTH),
                    c.size("norm_num_groups", 32, Size.WIDTH),
                    c.size("num_attention_heads", 8, Size.WIDTH),
                    c.size("encoder_hid_dim", Size.WIDTH),
                    c.has("class_embed_type"),
                    c.size("sample_size", Size.PIXELS));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As {@link #from} reads it. */
        public ConfigWriter write() {
            ConfigWriter writer = new ConfigWriter()
                    .put("_class_name", NAME)
                    .put("attention", levels.stream().map(Level::attends).toList())
                    .put(
                            "block_out_channels",
                            levels.stream().map(Level::channels).toList())
                    .put("encoder_hid_dim", textWidth)
                    .put("in_channels", inChannels)
                    .put(
                            "layers_per_block",
                            levels.stream().map(Level::resBlocks).toList())
                    .put("norm_num_groups", groups)
                    .put("num_attention_heads", heads)
                    .put("out_channels", outChannels)
                    .put("sample_size", size)
                    .put("time_embedding_dim", timeWidth);
            return hearsNoise ? writer.put("class_embed_type", "timestep") : writer;
        }

        @Override
        public int halvings() {
            return levels.size();
        }

        @Override
        public EfficientUNet make() {
            return new EfficientUNet(this);
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

    /** Whether a configuration is of such a network. */
    public static boolean isNamedIn(org.zeuxis.config.Config c) {
        return c.text("_class_name", "").equals(NAME);
    }

    /** Opens the {@code unet} of a folder that Zeuxis wrote, to compute in {@code type}. */
    public static EfficientUNet load(ModelFolder folder, DType type) throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            Config config = Config.from(folder.config());
            try (Weights weights = folder.weights()) {
                StateDict state = StateDict.of(weights).as(type);
                EfficientUNet module = state.sized(config::make);
                state.loadInto(module);
                return module;
            }
        });
    }

    @Override
    public void save(Path folder) throws IOException {
        ModelFolder.save(folder, ModelFolder.Layout.DIFFUSERS, config.write(), parameters());
    }

    @Override
    public Config config() {
        return config;
    }

    @Override
    public DType dtype() {
        return convIn.dtype();
    }

    @Override
    public Reading read(Tensor text) {
        Tensor own = text.to(dtype());
        return new Reading(pooling.forward(own), own);
    }

    /** Height and columns of {@code x} can be halved once for each level. */
    @Override
    public Tensor forward(Tensor x, Tensor t, Reading text, @Nullable Tensor noiseLevel) {
        Tensor own = x.to(dtype());
        Tensor told = time.forward(t, own).plus(text.pooled());
        if (noise != null && noiseLevel != null) told = told.plus(noise.forward(noiseLevel, own));
        // residual blocks begin with the activation of the time: once is enough
        Conditioning active = Conditioning.of(told.silu(), text.tokens());
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
