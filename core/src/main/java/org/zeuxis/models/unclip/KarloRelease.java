package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.TorchPickle;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.DiffusionPrior;
import org.zeuxis.models.unclip.prior.PriorTransformer;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.ResBlock;
import org.zeuxis.unet.ResamplingConfig;
import org.zeuxis.unet.TimeEntry;

/**
 * Karlo as Kakao Brain released it: a folder of {@code prior-ckpt….ckpt}, {@code decoder-ckpt….ckpt},
 * {@code improved-sr-ckpt….ckpt} and {@code ViT-L-14_stats.th}, beside OpenAI's {@code ViT-L-14.pt} with {@code vocab.json} and
 * {@code merges.txt}. Shapes are those of the weights; what they do not tell is here.
 *
 * @param headWidth of all attention
 * @param groups of all norms
 * @param size of the decoder's pictures, a quarter of the upsamplers'
 * @see <a href="https://github.com/kakaobrain/karlo">Karlo</a>
 */
record KarloRelease(int headWidth, int groups, int size) {
    static final KarloRelease PUBLISHED = new KarloRelease(64, 32, 64);

    private static final String PRIOR = "prior-ckpt";
    private static final String DECODER = "decoder-ckpt";
    private static final String UPSAMPLERS = "improved-sr-ckpt";
    private static final String STATISTICS = "ViT-L-14_stats";
    private static final String CLIP = "ViT-L-14.pt";
    private static final String MODEL = "state_dict.model.";
    private static final int FACTOR = 4;
    private static final int FURTHER_TOKENS = 4;
    private static final double EPSILON = 1e-5;

    /** Whether a folder holds the release: its decoder is enough. */
    static boolean isOne(Path folder) throws IOException {
        return WeightsFile.beginning(folder, "model_index.json") == null
                && WeightsFile.beginning(folder, DECODER) != null;
    }

    /** What comes with it. */
    UnClipParts parts() {
        return new UnClipParts(true, true, List.of(FACTOR * size));
    }

    /** Opens the folder; the CLIP's image half comes with it, so that pictures can be varied. */
    UnClip load(Path folder, DType type) throws IOException {
        Path file = WeightsFile.beginning(folder, CLIP);
        if (file == null) throw new IOException(folder + ": expected " + CLIP + " of OpenAI's CLIP, got none");
        ClipFolder clip = ClipFolder.load(file, type);
        return load(
                folder,
                new CaptionEncoder(clip.tokenizer(), clip.clip().texts()),
                new ImageEncoder(clip.clip().vision(), clip.preprocessing()),
                type);
    }

    UnClip load(Path folder, CaptionEncoder captions, @Nullable ImageEncoder images, DType type) throws IOException {
        return ModelFolder.opened(
                folder,
                () -> new UnClip(
                        "karlo",
                        captions,
                        List.of(prior(folder, type)),
                        decoding(folder, type),
                        List.of(upsampling(folder, type)),
                        images));
    }

    DiffusionPrior prior(Path folder, DType type) throws IOException {
        try (Weights file = open(folder, PRIOR);
                Weights statistics = open(folder, STATISTICS)) {
            long[] in = file.shape(MODEL + "clip_img_proj.weight");
            int heads = (int) in[0] / headWidth;
            PriorTransformer.Config config = new PriorTransformer.Config(
                    (int) in[1],
                    (int) file.shape(MODEL + "positional_embedding")[1] - FURTHER_TOKENS,
                    heads,
                    headWidth,
                    count(file, MODEL + "transformer.resblocks."));
            StateDict state = StateDict.of(priorKeys(heads).of(file)).as(type);
            PriorTransformer network = state.sized(() -> new PriorTransformer(config));
            Map<String, Tensor> learned = new LinkedHashMap<>(network.parameters());
            Map<String, Tensor> measured = new LinkedHashMap<>(learned);
            learned.keySet().removeIf(key -> key.startsWith("clip_"));
            measured.keySet().removeAll(learned.keySet());
            state.loadInto(learned);
            KeyMap measures = new KeyMap().row("0", "clip_mean").row("1", "clip_std");
            StateDict.of(measures.of(statistics)).as(DType.FLOAT32).loadInto(measured);
            network.pack();
            return new DiffusionPrior(network, scheduler("fixed_small_log", "sample", 5));
        }
    }

    private static KeyMap priorKeys(int heads) {
        String old = MODEL + "transformer.resblocks.*.";
        String here = "transformer_blocks.*.";
        return new KeyMap()
                .rename(MODEL + "time_embed.0.*", "time_embedding.linear_1.*")
                .rename(MODEL + "time_embed.2.*", "time_embedding.linear_2.*")
                .rename(MODEL + "clip_img_proj.*", "proj_in.*")
                .rename(MODEL + "text_emb_proj.*", "embedding_proj.*")
                .rename(MODEL + "text_enc_proj.*", "encoder_hidden_states_proj.*")
                .rename(MODEL + "positional_embedding", "positional_embedding")
                .rename(MODEL + "prd_emb", "prd_embedding")
                .rename(MODEL + "final_ln.*", "norm_out.*")
                .rename(MODEL + "out_proj.*", "proj_to_clip_embeddings.*")
                .drop(MODEL + "causal_attention_mask")
                .splitWithinHeads(
                        heads,
                        old + "attn.c_qkv.*",
                        here + "attn1.to_q.*",
                        here + "attn1.to_k.*",
                        here + "attn1.to_v.*")
                .rename(old + "attn.c_proj.*", here + "attn1.to_out.0.*")
                .rename(old + "mlp.c_fc.*", here + "ff.net.0.proj.*")
                .rename(old + "mlp.c_proj.*", here + "ff.net.2.*")
                .rename(old + "ln_1.*", here + "norm1.*")
                .rename(old + "ln_2.*", here + "norm3.*");
    }

    private Decoding decoding(Path folder, DType type) throws IOException {
        try (Weights file = open(folder, DECODER)) {
            int tokenWidth = (int) file.shape(MODEL + "text_seq_proj.0.weight")[0];
            ResamplingConfig shape = shape(file, MODEL);
            Decoder network = filled(
                    new Decoder.Config(shape, headWidth, tokenWidth, size),
                    Decoder::new,
                    keys(MODEL, shape),
                    file,
                    type);
            ClipProjection.Config told = new ClipProjection.Config(
                    (int) file.shape(MODEL + "cf_param")[0],
                    (int) file.shape(MODEL + "clip_emb.weight")[0],
                    tokenWidth,
                    (int) file.shape(MODEL + "clip_tok_proj.weight")[0] / tokenWidth);
            KeyMap keys = projectionKeys().drop("*"); // of the network, which was read
            return new Decoding(
                    filled(told, ClipProjection::new, keys, file, type),
                    network,
                    scheduler("learned_range", "epsilon", 1));
        }
    }

    private static KeyMap projectionKeys() {
        return new KeyMap()
                .rename(MODEL + "text_seq_proj.0.*", "encoder_hidden_states_proj.*")
                .rename(MODEL + "text_seq_proj.1.*", "text_encoder_hidden_states_norm.*")
                .rename(MODEL + "clip_tok_proj.*", "clip_extra_context_tokens_proj.*")
                .rename(MODEL + "text_feat_proj.*", "embedding_proj.*")
                .rename(MODEL + "clip_emb.*", "clip_image_embeddings_project_to_time_embeddings.*")
                .rename(MODEL + "cf_param", "learned_classifier_free_guidance_embeddings");
    }

    private Upsampling upsampling(Path folder, DType type) throws IOException {
        try (Weights file = open(folder, UPSAMPLERS)) {
            return new Upsampling(
                    upsampler(file, "first_steps", type),
                    upsampler(file, "last_step", type),
                    scheduler("fixed_small_log", "epsilon", 1),
                    FACTOR);
        }
    }

    private Upsampler upsampler(Weights file, String which, DType type) throws IOException {
        String prefix = "state_dict.model_" + which + ".";
        ResamplingConfig shape = shape(file, prefix);
        KeyMap keys = keys(prefix, shape).drop("state_dict.model_*"); // of the other of the two
        return filled(new Upsampler.Config(shape, FACTOR * size), Upsampler::new, keys, file, type);
    }

    private static <C, M extends Module> M filled(C config, Function<C, M> make, KeyMap keys, Weights file, DType type)
            throws IOException {
        StateDict state = StateDict.of(keys.of(file)).as(type);
        M module = state.sized(() -> make.apply(config));
        state.loadInto(module);
        return module;
    }

    /** A level ends where the way up grows, which is seen in its last block alone. */
    private ResamplingConfig shape(Weights file, String prefix) throws IOException {
        int blocks = count(file, prefix + "input_blocks.");
        int layers = 0;
        while (layers < blocks && !grows(file, prefix + "output_blocks." + layers)) layers++;
        if (layers == 0 || blocks % (layers + 1) != 0) {
            throw new IOException(file.origin() + ": expected levels of equally many blocks under " + prefix
                    + ", got none; download it again");
        }
        List<ResamplingConfig.Level> levels = new ArrayList<>();
        for (int first = 1; first < blocks; first += layers + 1) {
            String block = prefix + "input_blocks." + first;
            int channels = (int) file.shape(block + ".0.out_layers.3.weight")[0];
            levels.add(new ResamplingConfig.Level(channels, layers, file.names().contains(block + ".1.qkv.weight")));
        }
        int timeWidth = (int) file.shape(prefix + "time_embed.0.weight")[0];
        return new ResamplingConfig(
                (int) file.shape(prefix + "input_blocks.0.0.weight")[1],
                (int) file.shape(prefix + "out.2.weight")[0],
                levels,
                new ResBlock.Style(timeWidth, groups, EPSILON, Activation.SILU, TimeEntry.SCALE_AND_SHIFT, 1));
    }

    private static boolean grows(Weights file, String block) {
        return file.names().contains(block + ".1.in_layers.0.weight")
                || file.names().contains(block + ".2.in_layers.0.weight");
    }

    private KeyMap keys(String prefix, ResamplingConfig shape) {
        KeyMap keys = new KeyMap()
                .rename(prefix + "time_embed.0.*", "time_embedding.linear_1.*")
                .rename(prefix + "time_embed.2.*", "time_embedding.linear_2.*")
                .rename(prefix + "input_blocks.0.0.*", "conv_in.*")
                .rename(prefix + "out.0.*", "conv_norm_out.*")
                .rename(prefix + "out.2.*", "conv_out.*");
        int last = shape.levels().size() - 1;
        int in = 1;
        int out = 0;
        for (int i = 0; i <= last; i++) {
            ResamplingConfig.Level level = shape.levels().get(i);
            for (int j = 0; j < level.layers(); j++) {
                layer(keys, prefix + "input_blocks." + in++, "down_blocks." + i, j, level);
            }
            if (i < last)
                resnet(keys, prefix + "input_blocks." + in++ + ".0.", "down_blocks." + i + ".downsamplers.0.");
        }
        middle(keys, prefix + "middle_block.", shape.levels().get(last));
        for (int i = 0; i <= last; i++) {
            ResamplingConfig.Level level = shape.levels().get(last - i);
            for (int j = 0; j <= level.layers(); j++) {
                layer(keys, prefix + "output_blocks." + out++, "up_blocks." + i, j, level);
            }
            String grown = prefix + "output_blocks." + (out - 1) + (level.attends() ? ".2." : ".1.");
            if (i < last) resnet(keys, grown, "up_blocks." + i + ".upsamplers.0.");
        }
        for (String told : List.of("text_seq_proj", "clip_tok_proj", "text_feat_proj", "clip_emb", "cf_param")) {
            keys.drop(prefix + told + "*"); // of the projection, which is read by itself
        }
        return keys;
    }

    private void middle(KeyMap keys, String old, ResamplingConfig.Level level) {
        resnet(keys, old + "0.", "mid_block.resnets.0.");
        if (level.attends()) attention(keys, old + "1.", "mid_block.attentions.0.", level.channels());
        resnet(keys, old + (level.attends() ? "2." : "1."), "mid_block.resnets.1.");
    }

    private void layer(KeyMap keys, String old, String here, int index, ResamplingConfig.Level level) {
        resnet(keys, old + ".0.", here + ".resnets." + index + ".");
        if (level.attends()) attention(keys, old + ".1.", here + ".attentions." + index + ".", level.channels());
    }

    private static void resnet(KeyMap keys, String old, String here) {
        keys.rename(old + "in_layers.0.*", here + "norm1.*")
                .rename(old + "in_layers.2.*", here + "conv1.*")
                .rename(old + "emb_layers.1.*", here + "time_emb_proj.*")
                .rename(old + "out_layers.0.*", here + "norm2.*")
                .rename(old + "out_layers.3.*", here + "conv2.*")
                .rename(old + "skip_connection.*", here + "conv_shortcut.*");
    }

    private void attention(KeyMap keys, String old, String here, int channels) {
        int heads = channels / headWidth;
        keys.rename(old + "norm.*", here + "group_norm.*")
                .splitWithinHeads(heads, old + "qkv.*", here + "to_q.*", here + "to_k.*", here + "to_v.*")
                .splitWithinHeads(heads, old + "encoder_kv.*", here + "add_k_proj.*", here + "add_v_proj.*")
                .flatten(old + "proj_out.*", here + "to_out.0.*");
    }

    private static SchedulerConfig scheduler(String variance, String predicts, double range) {
        Map<String, Object> keys = new LinkedHashMap<>();
        keys.put("num_train_timesteps", 1000);
        keys.put("variance_type", variance);
        keys.put("prediction_type", predicts);
        keys.put("clip_sample_range", range);
        return SchedulerConfig.from("UnCLIPScheduler", Config.of("Karlo's scheduler", keys));
    }

    /** How many different numbers follow a prefix. */
    private static int count(Weights file, String prefix) {
        return (int) file.names().stream()
                .filter(name -> name.startsWith(prefix))
                .map(name -> name.substring(prefix.length()).split("\\.", 2)[0])
                .distinct()
                .count();
    }

    private static Weights open(Path folder, String start) throws IOException {
        Path file = WeightsFile.beginning(folder, start);
        if (file != null) return TorchPickle.open(file);
        throw new IOException(folder + ": expected a file that begins with " + start + ", got none; Karlo's release is "
                + PRIOR + "…, " + DECODER + "…, " + UPSAMPLERS + "… and " + STATISTICS + ".th");
    }
}
