package org.zeuxis.assembly;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.zeuxis.checkpoint.Bookkeeping;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.checkpoint.ConfigException;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.Size;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.Weights;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Module;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.Resampling;
import org.zeuxis.unet.SpatialMixer;
import org.zeuxis.unet.TimeEntry;
import org.zeuxis.unet.UNet;

/** What diffusers' configurations have in common of U-Nets whose residual blocks change the resolution. */
final class ResamplingUNet {
    private static final String PLAIN = "ResnetDownsampleBlock2D";
    private static final String ATTENDING = "SimpleCrossAttnDownBlock2D";

    private ResamplingUNet() {}

    /** Opens a folder: all of its configuration honoured, all of its weights used. */
    static <C, M extends Module> M open(ModelFolder folder, Function<Config, C> read, Function<C, M> make)
            throws IOException {
        Config file = folder.config();
        C config = read.apply(file);
        file.refuseUnread(Bookkeeping.DIFFUSERS);
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights);
            M module = state.sized(() -> make.apply(config));
            state.loadInto(module.parameters());
            return module;
        }
    }

    static UNet.Parts parts(
            Config c, ResBlock.Style blocks, IntFunction<SpatialMixer> mixer, IntFunction<SpatialMixer> middle) {
        expectWhatThereIs(c);
        List<Integer> channels = c.sizes("block_out_channels", List.of(320, 640, 1280, 1280), Size.WIDTH);
        List<Integer> layers = c.sizes("layers_per_block", List.of(2), Size.BLOCKS);
        if (!c.isList("layers_per_block")) layers = Collections.nCopies(channels.size(), layers.get(0));
        List<String> kinds = c.texts("down_block_types");
        List<String> mirrored = new ArrayList<>();
        List<UNet.Stage> stages = new ArrayList<>();
        for (int i = 0; i < channels.size(); i++) {
            boolean attends = kinds.get(i).equals(ATTENDING);
            if (!attends && !kinds.get(i).equals(PLAIN)) throw new ConfigException("no " + kinds.get(i));
            stages.add(
                    attends
                            ? new UNet.Stage(channels.get(i), layers.get(i), mixer)
                            : UNet.Stage.plain(channels.get(i), layers.get(i)));
            mirrored.add(0, attends ? "SimpleCrossAttnUpBlock2D" : "ResnetUpsampleBlock2D");
        }
        if (!c.texts("up_block_types").equals(mirrored)) throw new ConfigException("expected " + mirrored);
        return new UNet.Parts(
                c.size("in_channels", 4, Size.WIDTH),
                c.size("out_channels", 4, Size.WIDTH),
                stages,
                middle,
                blocks,
                width -> new ResBlock(width, width, blocks, Resampling.DOWN),
                width -> new ResBlock(width, width, blocks, Resampling.UP));
    }

    static ResBlock.Style blocks(Config c) {
        int first = c.sizes("block_out_channels", List.of(320), Size.WIDTH).get(0);
        double divisor = c.positive("resnet_out_scale_factor", 1);
        c.expect("mid_block_scale_factor", divisor);
        c.expect("resnet_time_scale_shift", "scale_shift");
        return new ResBlock.Style(
                c.has("time_embedding_dim") ? c.size("time_embedding_dim", 0, Size.WIDTH) : 4 * first,
                c.size("norm_num_groups", 32, Size.WIDTH),
                c.positive("norm_eps", 1e-5),
                Activation.named(c.text("act_fn", "silu")),
                TimeEntry.SCALE_AND_SHIFT,
                divisor);
    }

    private static void expectWhatThereIs(Config c) {
        c.expect("center_input_sample", false);
        // of the blocks that halve by a convolution, of which there are none
        c.expect("downsample_padding", 1);
        c.expect("flip_sin_to_cos", true);
        c.expect("freq_shift", 0);
        c.expect("time_embedding_type", "positional");
        c.expect("num_class_embeds", "null");
    }

    /** Of {@code UNet2DConditionModel}. */
    static void expectOfConditionModel(Config c) {
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
}
