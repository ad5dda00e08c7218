package org.zeuxis.models.flamingo;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.zeuxis.checkpoint.ComposedWeights;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.ActivationKey;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.Size;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.flamingo.MediaAttention.HeadNorms;
import org.zeuxis.models.flamingo.eyes.Eyes;
import org.zeuxis.models.flamingo.eyes.Features;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.models.lm.Llama;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.RmsNorm;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.language.LanguageTokenizer;

/**
 * IDEFICS as transformers keeps it: the whole in one folder, over a LLaMA whose vocabulary has a second table.
 *
 * @see <a href="https://arxiv.org/abs/2306.16527">OBELICS</a>, section 4
 */
final class IdeficsLayout {
    private static final String GATED = "lang_encoder.gated_cross_attn_layers.";
    private static final String INSTRUCTED = "<end_of_utterance>";
    /** How it was trained, and what other keys say too. */
    private static final String[] HARMLESS = {
        "alpha_initializer",
        "alphas_initializer_range",
        "ffn_dim",
        "freeze_lm_head",
        "freeze_text_layers",
        "freeze_text_module_exceptions",
        "freeze_vision_layers",
        "freeze_vision_module_exceptions",
        "max_new_tokens",
        "word_embed_proj_dim"
    };

    private IdeficsLayout() {}

    static FlamingoFolder load(ModelFolder folder, DType type) throws IOException {
        Config c = folder.config();
        c.expect("model_type", "idefics");
        ClipVisionModel.Config eyes = eyes(c.child("vision_config"));
        Supplier<Resampler> resampler = resampler(c, eyes.width());
        int every = c.size("cross_layer_interval", 1, Size.LAYERS);
        int additional = c.integer("additional_vocab_size", 0);
        boolean norms = c.flag("qk_layer_norms", false);
        c.expect("alpha_type", "float", "vector");
        boolean vector = c.text("alpha_type", "float").equals("vector");
        c.expect("cross_layer_activation_function", "swiglu");
        Llama llama = Llama.from(c, HARMLESS);
        LanguageTokenizer tokenizer = LanguageTokenizer.read(folder.path()); // before what takes long
        ClipPreprocessing preprocessing = ClipPreprocessing.squashing(folder, eyes.imageSize());
        Flamingo.Assembly assembly = new Flamingo.Assembly(
                Placement.FROM_FIRST,
                every,
                () -> gated(llama, eyes.width(), norms, vector),
                tokenizer.id(Prompt.MARK));
        try (Weights weights = folder.weights()) {
            Weights named = keys(llama.layers(), every).of(ComposedWeights.joining(weights, joined(weights)));
            StateDict state = StateDict.of(named).kept(type);
            Flamingo model = state.sized(() -> new Flamingo(
                    assembly,
                    Eyes.of(new ClipVisionModel(eyes), Features.ALL),
                    resampler.get(),
                    new Decoder(llama, llama.vocabulary() + additional)));
            state.loadInto(model);
            return new FlamingoFolder(
                    String.valueOf(folder.path().toAbsolutePath().normalize().getFileName()),
                    model,
                    tokenizer.id(INSTRUCTED) < 0 ? Dialect.IDEFICS : Dialect.IDEFICS_INSTRUCT,
                    tokenizer,
                    preprocessing);
        }
    }

    private static ClipVisionModel.Config eyes(Config c) {
        c.expect("model_type", "idefics_vision");
        c.expect("layer_norm_eps", 1e-5);
        c.expect("num_channels", 3);
        int width = c.size("embed_dim", 768, Size.WIDTH);
        int heads = c.size("num_attention_heads", 16, Size.WIDTH);
        int image = c.sameSize("image_size", 224, Size.PIXELS);
        int patch = c.sameSize("patch_size", 14, Size.PIXELS);
        c.expectEqualParts("embed_dim", width, "num_attention_heads", heads);
        c.expectEqualParts("image_size", image, "patch_size", patch);
        ClipVisionModel.Config config = new ClipVisionModel.Config(
                image,
                patch,
                width,
                c.size("num_hidden_layers", 32, Size.LAYERS),
                heads,
                c.size("intermediate_size", 5120, Size.WIDTH),
                ActivationKey.read(c, "hidden_act", Activation.GELU));
        // the name of the model that its weights came from
        c.refuseUnread(Bookkeeping.TRANSFORMERS, "vision_model_name");
        return config;
    }

    private static Supplier<Resampler> resampler(Config c, int width) {
        boolean resamples = c.flag("use_resampler", false);
        if (!c.has("perceiver_config")) return () -> Resampler.NONE;
        Config its = c.child("perceiver_config");
        its.expect("model_type", "idefics_perciever"); // sic: the published name
        int headWidth = its.size("resampler_head_dim", 96, Size.WIDTH);
        PerceiverResampler.Config config = new PerceiverResampler.Config(
                width,
                its.size("resampler_depth", 6, Size.LAYERS),
                its.size("resampler_n_heads", 16, Size.WIDTH),
                headWidth,
                its.size("resampler_n_latents", 64, Size.TOKENS),
                0,
                0,
                Activation.RELU);
        boolean norms = its.flag("qk_layer_norms_perceiver", false);
        its.refuseUnread(Bookkeeping.TRANSFORMERS, "use_resampler"); // the one of the whole counts
        Supplier<HeadNorms> each =
                () -> norms ? new HeadNorms(new LayerNorm(headWidth), new LayerNorm(headWidth)) : HeadNorms.NONE;
        return resamples ? () -> new PerceiverResampler(config, each) : () -> Resampler.NONE;
    }

    private static GatedCrossAttention gated(Llama llama, int mediaWidth, boolean norms, boolean vector) {
        int width = llama.width();
        int headWidth = llama.headWidth();
        double epsilon = llama.epsilon();
        HeadNorms heads = norms
                ? new HeadNorms(new RmsNorm(headWidth, epsilon), new RmsNorm(headWidth, epsilon))
                : HeadNorms.NONE;
        return new GatedCrossAttention(
                new RmsNorm(width, epsilon),
                new MediaAttention(width, mediaWidth, llama.heads(), headWidth, heads),
                MediaFeedForward.gated(new RmsNorm(width, epsilon), width, llama.innerWidth(), Activation.SILU),
                vector ? new long[] {1, 1, width} : new long[] {1});
    }

    /** Keys and values of media, which are one projection here, and the second table of tokens with the first. */
    private static Map<String, List<String>> joined(Weights weights) {
        Map<String, List<String>> all = new LinkedHashMap<>();
        for (String name : weights.names()) {
            boolean ofMedia = name.startsWith("model.gated_") || name.startsWith("model.perceiver_");
            if (!ofMedia || !name.endsWith(".k_proj.weight")) continue;
            String start = name.substring(0, name.length() - "k_proj.weight".length());
            all.put(start + "to_kv.weight", List.of(name, start + "v_proj.weight"));
        }
        String tokens = "model.embed_tokens.";
        all.put(tokens + "weight", List.of(tokens + "weight", tokens + "additional_embedding.weight"));
        all.put("lm_head.weight", List.of("lm_head.weight", "lm_head.additional_fc.weight"));
        return all;
    }

    private static KeyMap keys(int layers, int every) {
        KeyMap keys = new KeyMap().drop("*.rotary_emb.inv_freq").drop("*.embeddings.position_ids");
        for (int i = 0; i * every < layers; i++) {
            String old = "model.gated_cross_attn_layers." + i + ".";
            String here = GATED + i * every + ".";
            keys.rename(old + "cross_attn.q_proj.*", here + "attn.to_q.*")
                    .rename(old + "cross_attn.to_kv.*", here + "attn.to_kv.*")
                    .rename(old + "cross_attn.o_proj.*", here + "attn.to_out.*")
                    .rename(old + "cross_attn.q_layer_norm.*", here + "attn.q_norm.*")
                    .rename(old + "cross_attn.k_layer_norm.*", here + "attn.k_norm.*")
                    .rename(old + "input_layernorm.*", here + "attn.norm.*")
                    .rename(old + "alpha_cross_attn", here + "attn_gate")
                    .rename(old + "post_attention_layernorm.*", here + "ff.0.*")
                    .rename(old + "mlp.gate_proj.*", here + "ff.gate.*")
                    .rename(old + "mlp.up_proj.*", here + "ff.1.*")
                    .rename(old + "mlp.down_proj.*", here + "ff.3.*")
                    .rename(old + "alpha_dense", here + "ff_gate");
        }
        String old = "model.perceiver_resampler.";
        return keys.rename(old + "blocks.*.0.context_layer_norm.*", "perceiver.layers.*.0.norm_media.*")
                .rename(old + "blocks.*.0.latents_layer_norm.*", "perceiver.layers.*.0.norm_latents.*")
                .rename(old + "blocks.*.0.q_layer_norm.*", "perceiver.layers.*.0.q_norm.*")
                .rename(old + "blocks.*.0.k_layer_norm.*", "perceiver.layers.*.0.k_norm.*")
                .rename(old + "blocks.*.0.q_proj.*", "perceiver.layers.*.0.to_q.*")
                .rename(old + "blocks.*.0.to_kv.*", "perceiver.layers.*.0.to_kv.*")
                .rename(old + "blocks.*.0.output_proj.*", "perceiver.layers.*.0.to_out.*")
                .rename(old + "blocks.*.1.ln.*", "perceiver.layers.*.1.0.*")
                .rename(old + "blocks.*.1.fc.*", "perceiver.layers.*.1.1.*")
                .rename(old + "blocks.*.1.c_proj.*", "perceiver.layers.*.1.3.*")
                .rename(old + "layer_norm.*", "perceiver.norm.*")
                .rename(old + "*", "perceiver.*")
                .rename("model.vision_model.*", "vision_encoder.*")
                .rename("model.*", "lang_encoder.model.*")
                .rename("lm_head.*", "lang_encoder.lm_head.*");
    }
}
