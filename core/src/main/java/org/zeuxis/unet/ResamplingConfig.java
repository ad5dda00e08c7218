package org.zeuxis.unet;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.IntFunction;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.text.Words;

/**
 * The shape of a U-Net whose residual blocks change the resolution, as diffusers' configurations have it.
 *
 * @param levels from the full resolution down, each at half the size of the one before
 * @param blocks how all residual blocks compute
 * @see <a href="https://arxiv.org/abs/2105.05233">ADM</a>, section 3
 */
public record ResamplingConfig(int inChannels, int outChannels, List<Level> levels, ResBlock.Style blocks) {
    private static final String PLAIN_DOWN = "ResnetDownsampleBlock2D";
    private static final String PLAIN_UP = "ResnetUpsampleBlock2D";
    private static final String ATTENDING_DOWN = "SimpleCrossAttnDownBlock2D";
    private static final String ATTENDING_UP = "SimpleCrossAttnUpBlock2D";

    /**
     * One resolution.
     *
     * @param layers residual blocks on the way down; on the way up there is one more
     * @param attends whether each of them is followed by attention
     */
    public record Level(int channels, int layers, boolean attends) {}

    /** @throws IllegalArgumentException if there is no level, or channels do not fall into the norms' groups */
    public ResamplingConfig {
        levels = List.copyOf(levels);
        if (levels.isEmpty()) throw new IllegalArgumentException("expected at least one level, got none");
        for (Level level : levels) {
            if (level.channels % blocks.groups() != 0) {
                throw new IllegalArgumentException(
                        "expected channels in " + blocks.groups() + " equal groups, got " + level.channels);
            }
        }
    }

    /**
     * What {@code UNet2DModel} and {@code UNet2DConditionModel} have in common.
     *
     * @throws ConfigException if it asks for what is not here, naming it
     */
    public static ResamplingConfig from(Config c) {
        c.expect("center_input_sample", false);
        // of the blocks that halve by a convolution, of which there are none
        c.expect("downsample_padding", 1);
        c.expect("flip_sin_to_cos", true);
        c.expect("freq_shift", 0);
        c.expect("num_class_embeds", "null");
        c.expect("time_embedding_type", "positional");
        List<Level> levels = levels(c);
        double divisor = c.positive("resnet_out_scale_factor", 1);
        c.expect("mid_block_scale_factor", divisor);
        c.expect("resnet_time_scale_shift", "scale_shift");
        if (!c.has("resnet_time_scale_shift")) {
            throw new ConfigException(
                    c.origin() + ": expected resnet_time_scale_shift to be scale_shift, got nothing; check the file");
        }
        int groups = c.size("norm_num_groups", 32, Size.WIDTH);
        for (Level level : levels) {
            c.expectEqualParts("block_out_channels", level.channels, "norm_num_groups", groups);
        }
        ResBlock.Style blocks = new ResBlock.Style(
                c.has("time_embedding_dim") ? c.size("time_embedding_dim", Size.WIDTH) : 4 * levels.get(0).channels,
                groups,
                c.positive("norm_eps", 1e-5),
                Activation.named(c.text("act_fn", "silu")),
                TimeEntry.SCALE_AND_SHIFT,
                divisor);
        return new ResamplingConfig(
                c.size("in_channels", Size.WIDTH), c.size("out_channels", Size.WIDTH), levels, blocks);
    }

    private static List<Level> levels(Config c) {
        List<Integer> channels = c.sizes("block_out_channels", List.of(), Size.WIDTH);
        List<Integer> layers = c.sizes("layers_per_block", List.of(2), Size.BLOCKS);
        if (!c.isList("layers_per_block")) layers = Collections.nCopies(channels.size(), layers.get(0));
        List<String> kinds = c.texts("down_block_types");
        if (kinds.size() != channels.size() || layers.size() != channels.size()) {
            throw new ConfigException(c.origin() + ": expected for each of block_out_channels its"
                    + " down_block_types and layers_per_block, got " + channels.size() + ", " + kinds.size() + " and "
                    + layers.size() + " of them; check the file");
        }
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            if (!List.of(ATTENDING_DOWN, PLAIN_DOWN).contains(kinds.get(i))) {
                throw new ConfigException(c.origin() + ": expected down_block_types of " + ATTENDING_DOWN + " and "
                        + PLAIN_DOWN + ", got " + Words.clean(kinds.get(i))
                        + ", which is not supported; choose another checkpoint");
            }
            levels.add(new Level(channels.get(i), layers.get(i), kinds.get(i).equals(ATTENDING_DOWN)));
        }
        List<String> up = c.texts("up_block_types");
        if (up.equals(up(levels))) return levels;
        throw new ConfigException(c.origin() + ": expected up_block_types to mirror down_block_types, " + up(levels)
                + ", got " + Words.clean(up.toString()) + "; choose another checkpoint");
    }

    private static List<String> up(List<Level> levels) {
        List<String> up = new ArrayList<>();
        for (Level level : levels) up.add(0, level.attends ? ATTENDING_UP : PLAIN_UP);
        return up;
    }

    /** Every key that {@code UNet2DConditionModel} has besides, and whose other values ask for what is not here. */
    public static void expectOfConditionModel(Config c) {
        c.expect("_class_name", "UNet2DConditionModel");
        c.expect("attention_type", "default");
        c.expect("class_embeddings_concat", false);
        c.expect("conv_in_kernel", 3);
        c.expect("conv_out_kernel", 3);
        c.expect("dual_cross_attention", false);
        c.expect("mid_block_type", "UNetMidBlock2DSimpleCrossAttn");
        c.expect("num_attention_heads", "null");
        c.expect("time_cond_proj_dim", "null");
        c.expect("timestep_post_act", "null");
        // of transformers over pixels, of which there are none
        c.expect("reverse_transformer_layers_per_block", "null");
        c.expect("transformer_layers_per_block", 1);
        c.expect("use_linear_projection", false);
    }

    /** The channels of the lowest resolution. */
    public int lowestChannels() {
        return levels.get(levels.size() - 1).channels;
    }

    /**
     * The parts to assemble.
     *
     * @param mixer what follows the residual blocks of a level that attends, and stands in the middle, given its channels
     */
    public UNet.Parts parts(IntFunction<SpatialMixer> mixer) {
        return new UNet.Parts(
                inChannels,
                outChannels,
                levels.stream()
                        .map(level -> level.attends
                                ? new UNet.Stage(level.channels, level.layers, mixer)
                                : UNet.Stage.plain(level.channels, level.layers))
                        .toList(),
                mixer,
                blocks,
                channels -> new ResBlock(channels, channels, blocks, Resampling.DOWN),
                channels -> new ResBlock(channels, channels, blocks, Resampling.UP));
    }

    /** As {@code config.json} has it, without the name of its class and what that has besides. */
    public ConfigWriter write() {
        List<Integer> layers = levels.stream().map(Level::layers).distinct().toList();
        return new ConfigWriter()
                .put("act_fn", blocks.activation().key())
                .put("block_out_channels", levels.stream().map(Level::channels).toList())
                .put(
                        "down_block_types",
                        levels.stream()
                                .map(level -> level.attends ? ATTENDING_DOWN : PLAIN_DOWN)
                                .toList())
                .put("flip_sin_to_cos", true)
                .put("freq_shift", 0)
                .put("in_channels", inChannels)
                .put(
                        "layers_per_block",
                        layers.size() == 1
                                ? layers.get(0)
                                : levels.stream().map(Level::layers).toList())
                .put("mid_block_scale_factor", blocks.divisor())
                .put("norm_eps", blocks.epsilon())
                .put("norm_num_groups", blocks.groups())
                .put("out_channels", outChannels)
                .put("resnet_time_scale_shift", "scale_shift")
                .put("up_block_types", up(levels));
    }
}
