package org.zeuxis.models.latentdiffusion.autoencoder;

import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/**
 * Compresses pictures into small latents and back.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, section 3.1 and appendix G
 */
public final class AutoencoderKl extends Module {
    /** A wider start than this drowns the latent in noise before the decoder has learned anything. */
    private static final double FIRST_LOG_VARIANCE = -9;

    /**
     * @param channels of each level from the picture down, each at half the size of the one before
     * @param layersPerLevel residual blocks of a level in the encoder; the decoder has one more
     * @param scalingFactor what latents are multiplied by for the diffusion model: 1 / their standard deviation
     */
    public record Config(
            int imageChannels,
            int latentChannels,
            List<Integer> channels,
            int layersPerLevel,
            int groups,
            double scalingFactor) {
        /** Stable Diffusion 1 and 2. */
        public static final Config STABLE_DIFFUSION = new Config(3, 4, List.of(128, 256, 512, 512), 2, 32, 0.18215);

        public Config {
            channels = List.copyOf(channels);
            for (int width : channels) {
                if (width % groups != 0) {
                    throw new IllegalArgumentException(
                            "expected channels in " + groups + " equal groups, got " + width);
                }
            }
        }

        /** @throws IllegalArgumentException if the published configuration asks for what is not here, naming it */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("_class_name", "AutoencoderKL");
            c.expect("act_fn", "silu", "swish");
            c.expect("down_block_types", "DownEncoderBlock2D");
            c.expect("latents_mean", "null");
            c.expect("latents_std", "null");
            c.expect("mid_block_add_attention", true);
            c.expect("out_channels", 3);
            c.expect("shift_factor", "null");
            c.expect("up_block_types", "UpDecoderBlock2D");
            c.expect("use_post_quant_conv", true);
            c.expect("use_quant_conv", true);
            c.expect("in_channels", 3);
            List<Integer> channels = c.sizes("block_out_channels", List.of(64), Size.WIDTH);
            int groups = c.size("norm_num_groups", 32, Size.WIDTH);
            for (int width : channels) c.expectEqualParts("block_out_channels", width, "norm_num_groups", groups);
            for (String types : List.of("down_block_types", "up_block_types")) {
                int count =
                        c.texts(types, Collections.nCopies(channels.size(), "")).size();
                if (count != channels.size()) {
                    throw new ConfigException(c.origin() + ": expected as many " + types + " as block_out_channels, "
                            + channels.size() + ", got " + count + "; check the file");
                }
            }
            Config config = new Config(
                    3,
                    c.size("latent_channels", 4, Size.WIDTH),
                    channels,
                    c.size("layers_per_block", 1, Size.BLOCKS),
                    groups,
                    c.positive("scaling_factor", 0.18215));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As the {@code config.json} of diffusers. */
        public ConfigWriter write() {
            return new ConfigWriter()
                    .put("_class_name", "AutoencoderKL")
                    .put("act_fn", "silu")
                    .put("block_out_channels", channels)
                    .put("down_block_types", Collections.nCopies(channels.size(), "DownEncoderBlock2D"))
                    .put("in_channels", imageChannels)
                    .put("latent_channels", latentChannels)
                    .put("layers_per_block", layersPerLevel)
                    .put("norm_num_groups", groups)
                    .put("out_channels", imageChannels)
                    .put("scaling_factor", scalingFactor)
                    .put("up_block_types", Collections.nCopies(channels.size(), "UpDecoderBlock2D"));
        }

        /** Pixels per latent in each direction. */
        public int factor() {
            return 1 << (channels.size() - 1);
        }
    }

    private final Encoder encoder;
    private final Decoder decoder;
    private final Conv2d quantConv;
    private final Conv2d postQuantConv;
    private final Config config;

    public AutoencoderKl(Config c) {
        config = c;
        encoder = child("encoder", new Encoder(c));
        decoder = child("decoder", new Decoder(c));
        quantConv = child("quant_conv", moments(c.latentChannels));
        postQuantConv = child("post_quant_conv", Conv2d.keepingVariance(c.latentChannels, c.latentChannels, 1, 1, 0));
    }

    private static Conv2d moments(int channels) {
        Initialization biases =
                (seed, shape) -> Tensor.cat(0, Tensor.zeros(channels), Tensor.full(FIRST_LOG_VARIANCE, channels));
        return new Conv2d(2 * channels, 2 * channels, 1, 1, 0, Initialization.keepingVariance(2L * channels), biases);
    }

    /**
     * Opens a folder of diffusers, old or new.
     *
     * @param type to compute in
     * @throws IOException if it holds no such autoencoder, in one line
     */
    public static AutoencoderKl load(ModelFolder folder, DType type) throws IOException {
        Config config = Config.from(folder.config());
        try (Weights weights = AutoencoderLayout.of(folder.weights())) {
            StateDict state = StateDict.of(weights).as(type);
            AutoencoderKl autoencoder = state.sized(() -> new AutoencoderKl(config));
            state.loadInto(autoencoder);
            return autoencoder;
        }
    }

    public Config config() {
        return config;
    }

    /** @param images in [−1, 1], [batch, 3, height, columns], each a multiple of {@link Config#factor()} */
    public LatentDistribution encode(Tensor images) {
        Tensor x = images.to(quantConv.dtype()).forConvolution();
        Tensor moments = each(y -> quantConv.forward(encoder.forward(y)), x, 1);
        return LatentDistribution.of(moments.to(images.dtype()));
    }

    /**
     * @param latents unscaled, [batch, latentChannels, height / factor, columns / factor]
     * @return in about [−1, 1], [batch, 3, height, columns]
     */
    public Tensor decode(Tensor latents) {
        Tensor x = latents.to(postQuantConv.dtype()).forConvolution();
        return each(y -> decoder.forward(postQuantConv.forward(y)), x, config.factor())
                .to(latents.dtype());
    }

    /** All at once, or one large picture after another, as memory is that of one. */
    private static Tensor each(UnaryOperator<Tensor> work, Tensor x, int factor) {
        long batch = x.size(0);
        if (batch == 1 || !Bands.suit(1, factor * x.size(2), factor * x.size(3))) return work.apply(x);
        return Tensor.cat(
                0,
                LongStream.range(0, batch)
                        .mapToObj(i -> Recomputation.within(work, x.slice(0, i, i + 1)))
                        .toArray(Tensor[]::new));
    }
}
