package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.text.TokenBatch;

/**
 * A checkpoint of Stable Diffusion 1 or 2 in one file, {@code .safetensors} or {@code .ckpt}, of which nothing is run. Shapes tell
 * its configuration; of its two kinds of training, which none tells, the U-Net itself is asked. What the code that it was released
 * with fixes is fixed here: groups of norms, heads, the noise schedule.
 */
final class SingleFile {
    private static final int GROUPS = 32;
    private static final int HEADS = 8;
    private static final int HEAD_WIDTH = 64;
    private static final int SIZE = 512;
    private static final int SIZE_OF_VELOCITY = 768;
    private static final String EPSILON = "epsilon";
    private static final String VELOCITY = "v_prediction";
    private static final String[] OLD_BUFFERS = {"embeddings.position_ids"};
    private static final String TO_KEYS = "input_blocks.1.1.transformer_blocks.0.attn2.to_k.weight";

    private SingleFile() {}

    static LatentDiffusion load(Path file, DType type) throws IOException {
        return load(file, type, SingleFile::asked);
    }

    /** @param prediction what the U-Net is asked by */
    static LatentDiffusion load(Path file, DType type, Function<Parts, String> prediction) throws IOException {
        return ModelFolder.opened(file, () -> {
            try (Weights old = unwrapped(WeightsFile.of(file))) {
                boolean second = old.names().stream().anyMatch(n -> n.startsWith(LdmLayout.OPEN_CLIP));
                Config unet = unet(old, second);
                UNetConfig unetConfig = UNetConfig.from(unet);
                AutoencoderKl.Config vaeConfig = AutoencoderKl.Config.from(autoencoder(old));
                expectWhole(file, unetConfig, vaeConfig);
                ClipTextModel.Config textConfig = second ? openClip(old) : clip(old);
                Weights weights = LdmLayout.keys(unetConfig, vaeConfig, textConfig.layers())
                        .of(old);
                Parts parts = new Parts(
                        new ClipTokenizer(
                                BytePairEncoding.clip(), textConfig.context(), second ? "!" : BytePairEncoding.END),
                        loaded(
                                weights,
                                second ? LdmLayout.SECOND_TEXT : LdmLayout.TEXT,
                                type,
                                () -> new ClipTextModel(textConfig)),
                        loaded(weights, LdmLayout.UNET, type, () -> new DenoisingUNet(unetConfig)),
                        loaded(weights, LdmLayout.AUTOENCODER, type, () -> new AutoencoderKl(vaeConfig)));
                String predicts = prediction.apply(parts);
                return new LatentDiffusion(
                        String.valueOf(file.getFileName()),
                        parts.tokenizer,
                        parts.text,
                        parts.unet,
                        parts.autoencoder,
                        scheduler(predicts),
                        second && predicts.equals(VELOCITY) ? SIZE_OF_VELOCITY : SIZE);
            }
        });
    }

    /** What is in the file. */
    record Parts(ClipTokenizer tokenizer, ClipTextModel text, DenoisingUNet unet, AutoencoderKl autoencoder) {}

    /** A training's own notes apart. */
    private static Weights unwrapped(Weights weights) {
        return new KeyMap().rename("state_dict.*", "*").of(weights);
    }

    private static void expectWhole(Path file, UNetConfig unet, AutoencoderKl.Config autoencoder) {
        int latent = autoencoder.latentChannels();
        if (unet.inChannels() == latent && unet.outChannels() == latent) return;
        String what = unet.inChannels() == 2 * latent + 1
                ? "an inpainting checkpoint, which is not supported yet"
                : "one that is told more than the prompt, which is not supported";
        throw new IllegalArgumentException(file + ": expected a U-Net of " + latent + " channels, got "
                + unet.inChannels() + ": " + what + "; choose another checkpoint");
    }

    private static <M extends Module> M loaded(Weights weights, String part, DType type, Supplier<M> make)
            throws IOException {
        StateDict state =
                StateDict.of(weights).under(part).ignoring(OLD_BUFFERS).as(type);
        M module = state.sized(make);
        state.loadInto(module);
        return module;
    }

    private static int rows(Weights weights, String name) {
        return Math.toIntExact(weights.shape(name)[0]);
    }

    private static int columns(Weights weights, String name) {
        return Math.toIntExact(weights.shape(name)[1]);
    }

    static Config unet(Weights weights, boolean second) {
        String blocks = LdmLayout.OLD_UNET + "input_blocks.";
        List<Integer> channels = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        int perLevel = 0;
        int count = LdmLayout.count(weights.names(), blocks);
        for (int i = 1; i < count; i++) {
            if (weights.names().contains(blocks + i + ".0.op.weight")) continue;
            boolean begins = i == 1 || weights.names().contains(blocks + (i - 1) + ".0.op.weight");
            if (begins) {
                channels.add(rows(weights, blocks + i + ".0.out_layers.3.weight"));
                boolean attends = weights.names().contains(blocks + i + ".1.norm.weight");
                kinds.add(attends ? "CrossAttnDownBlock2D" : "DownBlock2D");
            }
            if (channels.size() == 1) perLevel++;
        }
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("_class_name", "UNet2DConditionModel");
        keys.put("in_channels", columns(weights, blocks + "0.0.weight"));
        keys.put("out_channels", rows(weights, LdmLayout.OLD_UNET + "out.2.weight"));
        keys.put("block_out_channels", channels);
        keys.put("down_block_types", kinds);
        keys.put("layers_per_block", perLevel);
        keys.put("cross_attention_dim", columns(weights, LdmLayout.OLD_UNET + TO_KEYS));
        keys.put("norm_num_groups", GROUPS);
        keys.put(
                "attention_head_dim",
                second ? channels.stream().map(width -> width / HEAD_WIDTH).toList() : HEADS);
        keys.put(
                "use_linear_projection",
                weights.shape(LdmLayout.OLD_UNET + "input_blocks.1.1.proj_in.weight").length == 2);
        return Config.of(weights.origin(), keys);
    }

    static Config autoencoder(Weights weights) {
        String encoder = LdmLayout.OLD_AUTOENCODER + "encoder.";
        List<Integer> channels = new ArrayList<>();
        int levels = LdmLayout.count(weights.names(), encoder + "down.");
        for (int level = 0; level < levels; level++) {
            channels.add(rows(weights, encoder + "down." + level + ".block.0.conv1.weight"));
        }
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("_class_name", "AutoencoderKL");
        keys.put("block_out_channels", channels);
        keys.put(
                "down_block_types",
                channels.stream().map(c -> "DownEncoderBlock2D").toList());
        keys.put(
                "up_block_types", channels.stream().map(c -> "UpDecoderBlock2D").toList());
        keys.put("layers_per_block", LdmLayout.count(weights.names(), encoder + "down.0.block."));
        keys.put("latent_channels", rows(weights, LdmLayout.OLD_AUTOENCODER + "post_quant_conv.weight"));
        keys.put("norm_num_groups", GROUPS);
        return Config.of(weights.origin(), keys);
    }

    static ClipTextModel.Config clip(Weights weights) {
        boolean prefixed = weights.names().stream().anyMatch(n -> n.startsWith(LdmLayout.OLD_TEXT + "text_model."));
        String old = LdmLayout.OLD_TEXT + (prefixed ? "text_model." : "");
        int width = columns(weights, old + "embeddings.token_embedding.weight");
        int vocabulary = rows(weights, old + "embeddings.token_embedding.weight");
        return new ClipTextModel.Config(
                vocabulary,
                rows(weights, old + "embeddings.position_embedding.weight"),
                width,
                LdmLayout.count(weights.names(), old + "encoder.layers."),
                Math.max(1, width / HEAD_WIDTH),
                rows(weights, old + "encoder.layers.0.mlp.fc1.weight"),
                Activation.QUICK_GELU,
                vocabulary - 1);
    }

    static ClipTextModel.Config openClip(Weights weights) {
        String old = LdmLayout.OPEN_CLIP;
        int width = columns(weights, old + "token_embedding.weight");
        int vocabulary = rows(weights, old + "token_embedding.weight");
        return new ClipTextModel.Config(
                vocabulary,
                rows(weights, old + "positional_embedding"),
                width,
                LdmLayout.count(weights.names(), old + "transformer.resblocks.") - 1,
                Math.max(1, width / HEAD_WIDTH),
                rows(weights, old + "transformer.resblocks.0.mlp.c_fc.weight"),
                Activation.GELU,
                vocabulary - 1);
    }

    /** Of noise alone at the last timestep one that tells the noise gives it back; one that tells the velocity, hardly any of it. */
    static String asked(Parts parts) {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            TokenBatch none = parts.tokenizer.encode(List.of(""));
            Tensor states = parts.text.forward(Tensor.of(none.ids(), none.batch(), none.tokens()));
            int channels = parts.unet.config().inChannels();
            int side = 2 << parts.unet.config().levels().size();
            Tensor noise = Seed.of(0).randn(1, channels, side, side);
            Tensor told = parts.unet.forward(noise, Tensor.full(999, 1), states).to(DType.FLOAT32);
            return predicted(noise, told);
        }
    }

    /** @param told of the U-Net, to which the noise was all that there is */
    static String predicted(Tensor noise, Tensor told) {
        return correlation(noise, told) > 0.5 ? EPSILON : VELOCITY;
    }

    private static double correlation(Tensor x, Tensor y) {
        Tensor a = x.minus(x.mean());
        Tensor b = y.minus(y.mean());
        double sizes = Math.sqrt(a.square().sum().item() * b.square().sum().item());
        return sizes == 0 ? 0 : a.times(b).sum().item() / sizes;
    }

    static SchedulerConfig scheduler(String prediction) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("beta_end", 0.012);
        keys.put("beta_schedule", "scaled_linear");
        keys.put("beta_start", 0.00085);
        keys.put("clip_sample", false);
        keys.put("num_train_timesteps", 1000);
        keys.put("prediction_type", prediction);
        keys.put("set_alpha_to_one", false);
        keys.put("skip_prk_steps", true);
        keys.put("steps_offset", 1);
        String sampler = prediction.equals(EPSILON) ? "PNDMScheduler" : "DDIMScheduler";
        return SchedulerConfig.from(sampler, Config.of("Stable Diffusion's scheduler", keys))
                .inStableDiffusion();
    }
}
