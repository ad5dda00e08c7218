package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.Checkpoint.Part;
import org.zeuxis.models.latentdiffusion.adapter.OpenAdapters;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Activation;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Words;

/**
 * A checkpoint of Stable Diffusion 1 or 2 in one file, {@code .safetensors} or {@code .ckpt}, of which nothing is run. Shapes tell
 * its configuration; of its two kinds of training, which none tells, the U-Net itself is asked. What the code that it was released
 * with fixes is fixed here: groups of norms, heads, the noise schedule.
 */
final class SingleFile {
    private static final String ATTENDING = "CrossAttnDownBlock2D";
    private static final int GROUPS = 32;
    private static final int HEADS = 8;
    private static final int HEAD_WIDTH = 64;
    private static final int SIZE = 512;
    private static final int SIZE_OF_VELOCITY = 768;
    private static final String EPSILON = "epsilon";
    private static final String VELOCITY = "v_prediction";
    private static final String SHORT_VELOCITY = "v";
    /** Notes of the header, as Stability's model specification calls them. */
    private static final String PREDICTION = "modelspec.prediction_type";

    private static final String RESOLUTION = "modelspec.resolution";
    private static final Pattern SQUARE = Pattern.compile("(\\d{2,5})x\\1");
    /** Of the OpenCLIP of Stable Diffusion 2, whose last layer is not listened to. */
    private static final int LAYERS_OF_VIT_H = 24;

    private static final String OF_WORDS = ".1.transformer_blocks.0.attn2.to_k.weight";
    private static final String OF_PIXELS = ".1.transformer_blocks.0.attn1.to_k.weight";

    private SingleFile() {}

    static StoredModel stored(Path file, FileChoice choice, OpenAdapters adapters) throws IOException {
        Checkpoint stored = read(file, choice.weights());
        try {
            Checkpoint checkpoint = stored.adapted(adapters);
            Parameterization told = told(checkpoint, choice);
            return new StoredModel(
                    file,
                    String.valueOf(file.getFileName()),
                    checkpoint,
                    size(checkpoint, told == null ? Parameterization.EPSILON : told),
                    parts -> {
                        Parameterization predicts = told == null ? asked(checkpoint, parts) : told;
                        return new StoredModel.Told(scheduler(predicts), size(checkpoint, predicts));
                    },
                    null,
                    adapters);
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /** The tensors under their names in the file, those of the U-Net as they were chosen; a training's own notes apart. */
    static Weights open(Path file, UNetWeights which) throws IOException {
        Weights all = new KeyMap().rename("state_dict.*", "*").of(WeightsFile.of(file));
        try {
            return which == UNetWeights.PLAIN ? all : averaged(all);
        } catch (IOException | RuntimeException e) {
            all.close();
            throw e;
        }
    }

    /** An average has the names of what it is of, without their dots. */
    private static Weights averaged(Weights all) throws IOException {
        KeyMap keys = new KeyMap();
        for (String name : all.names()) {
            if (!name.startsWith(LdmLayout.OLD_UNET)) continue;
            String average =
                    LdmLayout.AVERAGE + name.substring("model.".length()).replace(".", "");
            if (!all.names().contains(average)) {
                throw new IOException(
                        all.origin() + ": expected averaged weights (EMA) beside the plain ones, got none for "
                                + Words.clean(name) + "; open the plain ones, without --ema");
            }
            keys.drop(name).rename(average, name);
        }
        return keys.of(all);
    }

    static Checkpoint read(Path file, UNetWeights which) throws IOException {
        Checkpoint read = read(file, which, UNetConfig::from);
        try {
            expectWhole(file, read.unet().config(), read.autoencoder().config());
            return read;
        } catch (RuntimeException e) {
            read.close();
            throw e;
        }
    }

    /** The same of any such file, whose U-Net {@code shape} reads. */
    static Checkpoint read(Path file, UNetWeights which, Function<Config, UNetConfig> shape) throws IOException {
        Weights old = open(file, which);
        try {
            boolean second = old.names().stream().anyMatch(n -> n.startsWith(LdmLayout.OPEN_CLIP));
            UNetConfig unet = shape.apply(unet(old, second));
            AutoencoderKl.Config autoencoder = AutoencoderKl.Config.from(autoencoder(old));
            ClipTextModel.Config text = second ? openClip(old) : clip(old);
            StateDict state = StateDict.of(
                    LdmLayout.keys(unet, autoencoder, text.layers()).of(old));
            return new Checkpoint(
                    tokenizer(text.context(), second),
                    new Part<>(text, state.under(second ? LdmLayout.SECOND_TEXT : LdmLayout.TEXT)),
                    new Part<>(unet, state.under(LdmLayout.UNET)),
                    new Part<>(autoencoder, state.under(LdmLayout.AUTOENCODER)),
                    List.of(old));
        } catch (RuntimeException e) {
            old.close();
            throw e;
        }
    }

    /** The one that was released with every such file. */
    static ClipTokenizer tokenizer(int context, boolean second) {
        return new ClipTokenizer(BytePairEncoding.clip(), context, second ? "!" : BytePairEncoding.END);
    }

    private static void expectWhole(Path file, UNetConfig unet, AutoencoderKl.Config autoencoder) {
        int latent = autoencoder.latentChannels();
        if (unet.outChannels() == latent && (unet.inChannels() == latent || unet.inpaints())) return;
        String what = switch (unet.inChannels()) {
            case 5 -> "one that is shown the depth of a picture";
            case 7 -> "one that enlarges pictures";
            case 8 -> "one that edits pictures as it is told (InstructPix2Pix)";
            default -> "one that is told more than the prompt";
        };
        throw new IllegalArgumentException(file + ": expected a U-Net of " + latent + " channels, or of "
                + (2 * latent + 1) + " for inpainting, got " + unet.inChannels() + ": " + what
                + ", which is not supported; choose another checkpoint");
    }

    /** What its U-Net predicts as the file or the choice says; null if neither does. */
    static @Nullable Parameterization told(Checkpoint checkpoint, FileChoice choice) throws IOException {
        Weights file = checkpoint.files().get(0);
        String said = file.metadata().get(PREDICTION);
        if (said == null) return choice.predicts();
        Parameterization itself = said.equals(SHORT_VELOCITY) ? Parameterization.V : null;
        if (said.equals(EPSILON) || said.equals(VELOCITY)) itself = Parameterization.named(said);
        if (itself == null) {
            throw new IOException(file.origin() + ": expected " + PREDICTION + " to be " + EPSILON + " or "
                    + SHORT_VELOCITY + ", got " + Words.clean(said) + "; choose another checkpoint");
        }
        if (choice.predicts() == null || choice.predicts() == itself) return itself;
        throw new IOException(file.origin() + ": expected the prediction that its header tells, " + said
                + ", got another by --prediction; leave that out");
    }

    /** What the U-Net predicts: as the file or the choice says, or else found by asking it, for which it is read. */
    static Parameterization prediction(Checkpoint checkpoint, FileChoice choice) throws IOException {
        Parameterization told = told(checkpoint, choice);
        return told == null ? asked(checkpoint, new Parts.Lent(checkpoint, DType.fastest())) : told;
    }

    /** The model's own width and height in pixels: as the file says, or else as such models were released. */
    static int size(Checkpoint checkpoint, Parameterization prediction) {
        String said = checkpoint.files().get(0).metadata().get(RESOLUTION);
        Matcher square = SQUARE.matcher(said == null ? "" : said);
        if (square.matches()) return Integer.parseInt(square.group(1));
        boolean second = checkpoint.text().config().activation() == Activation.GELU
                && checkpoint.unet().config().noiseLevels() == 0;
        return second && prediction == Parameterization.V ? SIZE_OF_VELOCITY : SIZE;
    }

    /** What a file is to say of itself, as {@link #told} and {@link #size} read it. */
    static Map<String, String> notes(Parameterization prediction, int size) {
        String said = prediction == Parameterization.V ? SHORT_VELOCITY : EPSILON;
        return Map.of("format", "pt", PREDICTION, said, RESOLUTION, size + "x" + size);
    }

    private static int rows(Weights weights, String name) {
        return along(0, weights, name);
    }

    private static int columns(Weights weights, String name) {
        return along(1, weights, name);
    }

    private static int along(int axis, Weights weights, String name) {
        long[] shape = weights.shape(name);
        if (shape.length > axis) return Math.toIntExact(shape[axis]);
        throw new IllegalArgumentException(weights.origin() + ": expected " + name + " of at least " + (axis + 1)
                + " axes, got " + Arrays.toString(shape) + "; download it again");
    }

    static Config unet(Weights weights, boolean second) {
        String blocks = LdmLayout.OLD_UNET + "input_blocks.";
        List<Integer> channels = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        List<Boolean> wordsAlone = new ArrayList<>();
        int perLevel = 0;
        int attending = 1; // the first block that is followed by a transformer
        int count = LdmLayout.count(weights, blocks);
        for (int i = 1; i < count; i++) {
            if (weights.names().contains(blocks + i + ".0.op.weight")) continue;
            boolean begins = i == 1 || weights.names().contains(blocks + (i - 1) + ".0.op.weight");
            if (begins) {
                int width = rows(weights, blocks + i + ".0.out_layers.3.weight");
                boolean attends = weights.names().contains(blocks + i + ".1.norm.weight");
                if (attends && !kinds.contains(ATTENDING)) attending = i;
                channels.add(width);
                kinds.add(attends ? ATTENDING : "DownBlock2D");
                wordsAlone.add(attends && columns(weights, blocks + i + OF_PIXELS) != width);
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
        keys.put("cross_attention_dim", columns(weights, blocks + attending + OF_WORDS));
        keys.put("norm_num_groups", GROUPS);
        boolean upscales = weights.names().contains(LdmLayout.NOISE_LEVELS);
        if (upscales) {
            keys.put("num_class_embeds", rows(weights, LdmLayout.NOISE_LEVELS));
            keys.put("only_cross_attention", wordsAlone);
        }
        keys.put(
                "attention_head_dim",
                second && !upscales
                        ? channels.stream().map(width -> width / HEAD_WIDTH).toList()
                        : HEADS);
        keys.put("use_linear_projection", weights.shape(blocks + attending + ".1.proj_in.weight").length == 2);
        return Config.of(weights.origin(), keys);
    }

    static Config autoencoder(Weights weights) {
        String encoder = LdmLayout.OLD_AUTOENCODER + "encoder.";
        List<Integer> channels = new ArrayList<>();
        int levels = LdmLayout.count(weights, encoder + "down.");
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
        keys.put("layers_per_block", LdmLayout.count(weights, encoder + "down.0.block."));
        keys.put("latent_channels", rows(weights, LdmLayout.OLD_AUTOENCODER + "post_quant_conv.weight"));
        if (weights.names().contains(LdmLayout.NOISE_LEVELS)) keys.put("scaling_factor", Enlarging.SCALE);
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
                LdmLayout.count(weights, old + "encoder.layers."),
                Math.max(1, width / HEAD_WIDTH),
                rows(weights, old + "encoder.layers.0.mlp.fc1.weight"),
                Activation.QUICK_GELU,
                vocabulary - 1);
    }

    static ClipTextModel.Config openClip(Weights weights) {
        String old = LdmLayout.OPEN_CLIP;
        int width = columns(weights, old + "token_embedding.weight");
        int vocabulary = rows(weights, old + "token_embedding.weight");
        int layers = LdmLayout.count(weights, old + "transformer.resblocks.");
        // a file that was made of a folder has neither the last layer nor what follows it
        boolean whole = layers == LAYERS_OF_VIT_H || weights.names().contains(old + "text_projection");
        return new ClipTextModel.Config(
                vocabulary,
                rows(weights, old + "positional_embedding"),
                width,
                whole ? layers - 1 : layers,
                Math.max(1, width / HEAD_WIDTH),
                rows(weights, old + "transformer.resblocks.0.mlp.c_fc.weight"),
                Activation.GELU,
                vocabulary - 1);
    }

    /** Of noise alone at the last timestep one that tells the noise gives it back; one that tells the velocity, hardly any of it. */
    static Parameterization asked(Checkpoint checkpoint, Parts parts) {
        UNetConfig unet = checkpoint.unet().config();
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            TokenBatch none = checkpoint.tokenizer().encode(List.of(""));
            Tensor states = parts.text(text -> text.forward(Tensor.of(none.ids(), none.batch(), none.tokens())));
            int side = 2 << unet.levels().size();
            Tensor noise = Seed.of(0).randn(1, unet.outChannels(), side, side);
            // of a picture of which all is to be redrawn, there is nothing to be seen
            Tensor shown = unet.inpaints()
                    ? Tensor.cat(1, noise, Tensor.ones(1, 1, side, side), Tensor.zeros(noise.shape()))
                    : noise;
            Tensor told = parts.unet(it -> it.forward(shown, Tensor.full(999, 1), states));
            return predicted(noise, told.to(DType.FLOAT32));
        }
    }

    /** @param told of the U-Net, to which the noise was all that there is */
    static Parameterization predicted(Tensor noise, Tensor told) {
        return correlation(noise, told) > 0.5 ? Parameterization.EPSILON : Parameterization.V;
    }

    private static double correlation(Tensor x, Tensor y) {
        Tensor a = x.minus(x.mean());
        Tensor b = y.minus(y.mean());
        double sizes = Math.sqrt(a.square().sum().item() * b.square().sum().item());
        return sizes == 0 ? 0 : a.times(b).sum().item() / sizes;
    }

    static SchedulerConfig scheduler(Parameterization prediction) {
        Map<String, @Nullable Object> keys = new LinkedHashMap<>();
        keys.put("beta_end", 0.012);
        keys.put("beta_schedule", "scaled_linear");
        keys.put("beta_start", 0.00085);
        keys.put("clip_sample", false);
        keys.put("num_train_timesteps", 1000);
        keys.put("prediction_type", prediction == Parameterization.V ? VELOCITY : EPSILON);
        keys.put("set_alpha_to_one", false);
        keys.put("skip_prk_steps", true);
        keys.put("steps_offset", 1);
        String sampler = prediction == Parameterization.EPSILON ? "PNDMScheduler" : "DDIMScheduler";
        return SchedulerConfig.from(sampler, Config.of("Stable Diffusion's scheduler", keys))
                .inStableDiffusion();
    }
}
