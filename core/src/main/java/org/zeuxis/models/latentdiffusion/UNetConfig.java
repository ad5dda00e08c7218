package org.zeuxis.models.latentdiffusion;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.text.Words;
import org.zeuxis.unet.attention.PixelProjection;

/**
 * The shape of a text-conditioned U-Net.
 *
 * @param inChannels channels of the noised input
 * @param outChannels channels of the prediction
 * @param levels from the full resolution down, each at half the size of the one before
 * @param layersPerLevel residual blocks on the way down; one more on the way up
 * @param contextWidth width of the text tokens
 * @param transformerDepth transformer blocks after each residual block of a level with attention
 * @param groups groups of each group norm
 * @param projection how the transformers' outer projections are stored
 * @param noiseLevels how many levels of noise in a small picture beside the latents it can be told; 0 if it is told none
 * @param guidanceWidth width of the waves by which it is told the guidance it was distilled with; 0 if it is told none
 */
public record UNetConfig(
        int inChannels,
        int outChannels,
        List<Level> levels,
        int layersPerLevel,
        int contextWidth,
        int transformerDepth,
        int groups,
        PixelProjection.Kind projection,
        int noiseLevels,
        int guidanceWidth) {

    /**
     * One resolution.
     *
     * @param heads attention heads
     * @param attends whether its residual blocks are each followed by a transformer
     * @param wordsAlone whether the pixels in that transformer attend to the words alone
     */
    public record Level(int channels, int heads, boolean attends, boolean wordsAlone) {
        public Level {
            wordsAlone &= attends; // said of a transformer that is not there
        }

        /** Where pixels attend to one another, too. */
        public Level(int channels, int heads, boolean attends) {
            this(channels, heads, attends, false);
        }
    }

    /** That is told neither a level of noise nor a guidance. */
    public UNetConfig(
            int inChannels,
            int outChannels,
            List<Level> levels,
            int layersPerLevel,
            int contextWidth,
            int transformerDepth,
            int groups,
            PixelProjection.Kind projection) {
        this(inChannels, outChannels, levels, layersPerLevel, contextWidth, transformerDepth, groups, projection, 0, 0);
    }

    private static final String ATTENDING = "CrossAttnDownBlock2D";
    private static final String PLAIN = "DownBlock2D";
    private static final List<String> KINDS = List.of(ATTENDING, PLAIN);
    private static final List<String> PUBLISHED_KINDS = List.of(ATTENDING, ATTENDING, ATTENDING, PLAIN);

    /** Stable Diffusion 1: heads of growing width. */
    public static final UNetConfig STABLE_DIFFUSION_1 = new UNetConfig(
            4,
            4,
            List.of(
                    new Level(320, 8, true),
                    new Level(640, 8, true),
                    new Level(1280, 8, true),
                    new Level(1280, 8, false)),
            2,
            768,
            1,
            32,
            PixelProjection.Kind.CONVOLUTION);

    /** Stable Diffusion 2: heads of width 64. */
    public static final UNetConfig STABLE_DIFFUSION_2 = new UNetConfig(
            4,
            4,
            List.of(
                    new Level(320, 5, true),
                    new Level(640, 10, true),
                    new Level(1280, 20, true),
                    new Level(1280, 20, false)),
            2,
            1024,
            1,
            32,
            PixelProjection.Kind.LINEAR);

    public UNetConfig {
        levels = List.copyOf(levels);
        if (levels.isEmpty()) throw new IllegalArgumentException("expected at least one level, got none");
        for (Level level : levels) {
            if (level.channels % groups != 0) {
                throw new IllegalArgumentException(
                        "expected channels in " + groups + " equal groups, got " + level.channels);
            }
            if (level.channels % level.heads != 0) {
                throw new IllegalArgumentException(
                        "expected " + level.channels + " channels in equal heads, got " + level.heads + " heads");
            }
        }
    }

    /** @throws IllegalArgumentException if the published configuration asks for what is not here, naming it */
    public static UNetConfig from(Config c) {
        c.expect("num_class_embeds", "null");
        c.expect("only_cross_attention", false);
        return from(c, false);
    }

    /**
     * Of a U-Net that enlarges a small picture whose level of noise it is told.
     *
     * @throws IllegalArgumentException if the published configuration asks for what is not here, naming it
     */
    public static UNetConfig ofUpscaler(Config c) {
        return from(c, true);
    }

    private static UNetConfig from(Config c, boolean upscales) {
        expectWhatThereIs(c);
        if (upscales) c.expect("time_cond_proj_dim", "null");
        List<Integer> channels = c.sizes("block_out_channels", List.of(320, 640, 1280, 1280), Size.WIDTH);
        c.expect("time_embedding_dim", "null", 4 * channels.get(0));
        UNetConfig config = new UNetConfig(
                c.size("in_channels", 4, Size.WIDTH),
                c.size("out_channels", 4, Size.WIDTH),
                levels(c, channels),
                c.sameSize("layers_per_block", 2, Size.BLOCKS),
                c.sameSize("cross_attention_dim", 1280, Size.WIDTH),
                c.sameSize("transformer_layers_per_block", 1, Size.BLOCKS),
                c.size("norm_num_groups", 32, Size.WIDTH),
                c.flag("use_linear_projection", false) ? PixelProjection.Kind.LINEAR : PixelProjection.Kind.CONVOLUTION,
                upscales ? c.size("num_class_embeds", Size.WIDTH) : 0,
                upscales || !c.has("time_cond_proj_dim") ? 0 : guidanceWidth(c));
        c.refuseUnread(Bookkeeping.DIFFUSERS);
        return config;
    }

    private static int guidanceWidth(Config c) {
        int width = c.size("time_cond_proj_dim", Size.WIDTH);
        if (width % 2 == 0) return width;
        throw new ConfigException(c.origin() + ": expected an even time_cond_proj_dim, got " + width
                + ", which is not supported; choose another checkpoint");
    }

    private static List<Level> levels(Config c, List<Integer> channels) {
        List<String> kinds = today(c.texts("down_block_types", PUBLISHED_KINDS));
        // the key is called a width but holds the number of heads
        List<Integer> heads = c.sizes("attention_head_dim", List.of(8), Size.WIDTH);
        if (!c.isList("attention_head_dim")) heads = Collections.nCopies(channels.size(), heads.get(0));
        if (kinds.size() != channels.size() || heads.size() != channels.size()) {
            throw new ConfigException(c.origin() + ": expected " + channels.size()
                    + " down_block_types and attention_head_dim, as many as block_out_channels, got " + kinds.size()
                    + " and " + heads.size() + "; check the file");
        }
        int groups = c.size("norm_num_groups", 32, Size.WIDTH);
        List<Boolean> wordsAlone = wordsAlone(c, channels.size());
        List<Level> levels = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            if (!KINDS.contains(kinds.get(i))) {
                throw new ConfigException(c.origin() + ": expected down_block_types of " + KINDS + ", got "
                        + Words.clean(kinds.get(i)) + ", which is not supported; choose another checkpoint");
            }
            c.expectEqualParts("block_out_channels", channels.get(i), "norm_num_groups", groups);
            c.expectEqualParts("block_out_channels", channels.get(i), "attention_head_dim", heads.get(i));
            levels.add(new Level(channels.get(i), heads.get(i), kinds.get(i).equals(ATTENDING), wordsAlone.get(i)));
        }
        List<String> up = today(c.texts("up_block_types", up(levels)));
        if (!up.equals(up(levels))) {
            throw new ConfigException(c.origin() + ": expected up_block_types to mirror down_block_types, " + up(levels)
                    + ", got " + Words.clean(up.toString()) + "; choose another checkpoint");
        }
        return levels;
    }

    private static List<Boolean> wordsAlone(Config c, int levels) {
        c.expect("only_cross_attention", true, false);
        if (!c.isList("only_cross_attention")) {
            c.expect("only_cross_attention", false); // of the middle too, otherwise
            return Collections.nCopies(levels, false);
        }
        List<Boolean> all = ((List<?>) Objects.requireNonNull(c.values().get("only_cross_attention")))
                .stream().map(each -> Boolean.valueOf(String.valueOf(each))).toList();
        if (all.size() == levels) return all;
        throw new ConfigException(c.origin() + ": expected as many only_cross_attention as block_out_channels, "
                + levels + ", got " + all.size() + "; check the file");
    }

    /** The first versions of diffusers began the names of some blocks otherwise. */
    private static List<String> today(List<String> kinds) {
        return kinds.stream().map(kind -> kind.replaceFirst("^UNetRes", "")).toList();
    }

    /** Every key of {@code UNet2DConditionModel} whose other values ask for what is not here. */
    private static void expectWhatThereIs(Config c) {
        c.expect("_class_name", "UNet2DConditionModel");
        c.expect("act_fn", "silu", "swish");
        c.expect("addition_embed_type", "null");
        c.expect("attention_type", "default");
        c.expect("center_input_sample", false);
        c.expect("class_embed_type", "null");
        c.expect("class_embeddings_concat", false);
        c.expect("conv_in_kernel", 3);
        c.expect("conv_out_kernel", 3);
        c.expect("cross_attention_norm", "null");
        c.expect("downsample_padding", 1);
        c.expect("dual_cross_attention", false);
        c.expect("encoder_hid_dim", "null");
        c.expect("encoder_hid_dim_type", "null");
        c.expect("flip_sin_to_cos", true);
        c.expect("freq_shift", 0);
        c.expect("mid_block_only_cross_attention", "null", false);
        c.expect("mid_block_scale_factor", 1);
        c.expect("mid_block_type", "UNetMidBlock2DCrossAttn");
        c.expect("norm_eps", 1e-5);
        c.expect("num_attention_heads", "null");
        c.expect("resnet_out_scale_factor", 1);
        c.expect("resnet_skip_time_act", false);
        c.expect("resnet_time_scale_shift", "default");
        c.expect("reverse_transformer_layers_per_block", "null");
        c.expect("time_embedding_act_fn", "null");
        c.expect("time_embedding_type", "positional");
        c.expect("timestep_post_act", "null");
    }

    private static List<String> up(List<Level> levels) {
        List<String> up = new ArrayList<>();
        for (Level level : levels) up.add(0, level.attends ? "CrossAttnUpBlock2D" : "UpBlock2D");
        return up;
    }

    /** As the {@code config.json} of diffusers. */
    public ConfigWriter write() {
        List<String> down =
                levels.stream().map(level -> level.attends ? ATTENDING : PLAIN).toList();
        ConfigWriter writer = new ConfigWriter();
        if (noiseLevels > 0) {
            writer.put("num_class_embeds", noiseLevels)
                    .put(
                            "only_cross_attention",
                            levels.stream().map(Level::wordsAlone).toList());
        }
        if (hearsGuidance()) writer.put("time_cond_proj_dim", guidanceWidth);
        return writer.put("_class_name", "UNet2DConditionModel")
                .put("act_fn", "silu")
                .put("attention_head_dim", levels.stream().map(Level::heads).toList())
                .put("block_out_channels", levels.stream().map(Level::channels).toList())
                .put("cross_attention_dim", contextWidth)
                .put("down_block_types", down)
                .put("flip_sin_to_cos", true)
                .put("freq_shift", 0)
                .put("in_channels", inChannels)
                .put("layers_per_block", layersPerLevel)
                .put("norm_eps", 1e-5)
                .put("norm_num_groups", groups)
                .put("out_channels", outChannels)
                .put("transformer_layers_per_block", transformerDepth)
                .put("up_block_types", up(levels))
                .put("use_linear_projection", projection == PixelProjection.Kind.LINEAR);
    }

    /** Whether it is shown, beside the noised latents, a mask and the latents of what is kept of a picture. */
    public boolean inpaints() {
        return inChannels == 2 * outChannels + 1;
    }

    /**
     * Whether it is told the guidance scale, instead of being asked once with the prompt and once without.
     *
     * @see <a href="https://arxiv.org/abs/2310.04378">Latent consistency models</a>, section 4.2
     */
    public boolean hearsGuidance() {
        return guidanceWidth > 0;
    }

    /** The same, which is told the guidance scale in waves of this width. */
    public UNetConfig hearingGuidance(int width) {
        return new UNetConfig(
                inChannels,
                outChannels,
                levels,
                layersPerLevel,
                contextWidth,
                transformerDepth,
                groups,
                projection,
                noiseLevels,
                width);
    }

    /** Width of the timestep embedding. */
    public int timeWidth() {
        return 4 * levels.get(0).channels();
    }
}
