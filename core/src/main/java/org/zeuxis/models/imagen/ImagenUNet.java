package org.zeuxis.models.imagen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.IntFunction;
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
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.Conditioning;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.ResamplingConfig;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.TimestepEmbedding;
import org.zeuxis.unet.UNet;
import org.zeuxis.unet.attention.AddedKeyValueAttention;
import org.zeuxis.unet.attention.TokenAttention;

/**
 * A stage of ADM's blocks, as DeepFloyd publishes them.
 *
 * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, sections 2.3 and 2.4
 */
public final class ImagenUNet extends Module implements StageNetwork {
    /**
     * @param unet of an Efficient U-Net with the same number of residual blocks at each level or not; its skips are scaled by its
     *     blocks' divisor
     * @param headWidth of each attention head
     * @param textWidth of the text encoder
     * @param tokenWidth of what attention reads
     * @param poolingHeads of the attention that pools the text
     * @param hearsNoise whether it is told a level of noise, as super-resolution is
     * @param tokensAlone whether pixels attend to tokens alone, and not to one another
     * @param timeFirst whether the network activates the time, rather than each block, which is the same in other places
     * @param size height and columns of the pictures it was trained on
     */
    public record Config(
            ResamplingConfig unet,
            int headWidth,
            int textWidth,
            int tokenWidth,
            int poolingHeads,
            boolean hearsNoise,
            boolean tokensAlone,
            boolean timeFirst,
            int size)
            implements StageNetwork.Config {

        /** @throws IllegalArgumentException if widths do not fall into heads */
        public Config {
            if (textWidth % poolingHeads != 0) {
                throw new IllegalArgumentException(
                        "expected a text width of equal heads to pool it, got " + textWidth + " in " + poolingHeads);
            }
        }

        /** @throws ConfigException if the published configuration asks for what is not here, naming it */
        public static Config from(org.zeuxis.config.Config c) {
            ResamplingConfig.expectOfConditionModel(c);
            c.expect("addition_embed_type", "text");
            c.expect("class_embed_type", "timestep", "null");
            c.expect("cross_attention_norm", "group_norm");
            c.expect("encoder_hid_dim_type", "text_proj");
            ResamplingConfig unet = ResamplingConfig.from(c);
            boolean timeFirst = c.flag("resnet_skip_time_act", false);
            c.expect(
                    "time_embedding_act_fn",
                    timeFirst ? unet.blocks().activation().key() : "null");
            boolean tokensAlone = c.flag("only_cross_attention", false);
            c.expect("mid_block_only_cross_attention", "null", tokensAlone);
            Config config = new Config(
                    unet,
                    c.size("attention_head_dim", 64, Size.WIDTH),
                    c.size("encoder_hid_dim", 4096, Size.WIDTH),
                    c.size("cross_attention_dim", 1280, Size.WIDTH),
                    c.size("addition_embed_type_num_heads", 64, Size.WIDTH),
                    c.has("class_embed_type"),
                    tokensAlone,
                    timeFirst,
                    c.sameSize("sample_size", 64, Size.PIXELS));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As the {@code config.json} of diffusers' {@code UNet2DConditionModel}. */
        public ConfigWriter write() {
            ConfigWriter writer = unet.write()
                    .put("_class_name", "UNet2DConditionModel")
                    .put("addition_embed_type", "text")
                    .put("addition_embed_type_num_heads", poolingHeads)
                    .put("attention_head_dim", headWidth)
                    .put("cross_attention_dim", tokenWidth)
                    .put("cross_attention_norm", "group_norm")
                    .put("encoder_hid_dim", textWidth)
                    .put("encoder_hid_dim_type", "text_proj")
                    .put("mid_block_type", "UNetMidBlock2DSimpleCrossAttn")
                    .put("only_cross_attention", tokensAlone)
                    .put("resnet_out_scale_factor", unet.blocks().divisor())
                    .put("resnet_skip_time_act", timeFirst)
                    .put("sample_size", size)
                    .put("time_embedding_dim", unet.blocks().timeWidth());
            if (hearsNoise) writer.put("class_embed_type", "timestep");
            return timeFirst
                    ? writer.put(
                            "time_embedding_act_fn", unet.blocks().activation().key())
                    : writer;
        }

        @Override
        public int inChannels() {
            return unet.inChannels();
        }

        @Override
        public int outChannels() {
            return unet.outChannels();
        }

        @Override
        public int halvings() {
            return unet.levels().size() - 1;
        }

        @Override
        public ImagenUNet make() {
            return new ImagenUNet(this);
        }

        private IntFunction<SpatialMixer> mixer() {
            ResBlock.Style blocks = unet.blocks();
            return channels -> {
                int heads = channels / headWidth;
                Norm norm = new TokenGroupNorm(tokenWidth);
                return tokensAlone
                        ? new TokenAttention(channels, heads, tokenWidth, blocks.groups(), 1e-5, norm)
                        : new AddedKeyValueAttention(channels, heads, tokenWidth, blocks.groups(), 1e-5, norm);
            };
        }
    }

    private final Config config;
    private final UNet unet;
    private final Linear tokens;
    private final TextPooling pooling;
    private final @Nullable TimestepEmbedding noise;

    public ImagenUNet(Config c) {
        config = c;
        int channels = c.unet.levels().get(0).channels();
        int timeWidth = c.unet.blocks().timeWidth();
        Activation activation = c.unet.blocks().activation();
        unet = child("", new UNet(c.unet.parts(c.mixer())));
        tokens = child("encoder_hid_proj", new Linear(c.textWidth, c.tokenWidth));
        pooling = child("add_embedding", new TextPooling(c.textWidth, timeWidth, c.poolingHeads));
        noise = c.hearsNoise ? child("class_embedding", new TimestepEmbedding(channels, timeWidth, activation)) : null;
    }

    /** Opens the {@code unet} of a published folder, to compute in {@code type}. */
    public static ImagenUNet load(ModelFolder folder, DType type) throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            Config config = Config.from(folder.config());
            try (Weights weights = folder.weights()) {
                StateDict state = StateDict.of(weights).as(type);
                ImagenUNet module = state.sized(() -> new ImagenUNet(config));
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
        return unet.dtype();
    }

    @Override
    public Reading read(Tensor text) {
        Tensor own = text.to(unet.dtype());
        return new Reading(pooling.forward(own), tokens.forward(own));
    }

    @Override
    public Tensor forward(Tensor x, Tensor t, Reading text, @Nullable Tensor noiseLevel) {
        Tensor own = x.to(unet.dtype());
        Tensor time = unet.time(t, own).plus(text.pooled());
        if (noise != null && noiseLevel != null) time = time.plus(noise.forward(noiseLevel, own));
        return unet.forward(own, Conditioning.of(time, text.tokens())).to(x.dtype());
    }
}
