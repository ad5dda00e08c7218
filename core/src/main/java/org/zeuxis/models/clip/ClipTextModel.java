package org.zeuxis.models.clip;

import java.util.List;
import org.zeuxis.config.ActivationKey;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The text tower: a causal transformer whose state at the end token stands for the sentence.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 2.4
 */
public final class ClipTextModel extends Module {

    /**
     * @param vocabulary number of tokens
     * @param context longest sequence
     * @param endToken the token whose state is pooled; 2 in old files, which means the largest number of a sequence
     */
    public record Config(
            int vocabulary,
            int context,
            int width,
            int layers,
            int heads,
            int innerWidth,
            Activation activation,
            int endToken) {
        /** The text tower of ViT-L/14, which Stable Diffusion 1 listens to. */
        public static final Config VIT_L_14 = new Config(49408, 77, 768, 12, 12, 3072, Activation.QUICK_GELU, 49407);

        /** @throws IllegalArgumentException if the published configuration asks for what is not here */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("layer_norm_eps", 1e-5);
            c.expect("model_type", "clip_text_model");
            c.expect("pruned_heads", "null", "{}");
            c.expect("use_attention_mask", false);
            int width = c.size("hidden_size", 512, Size.WIDTH);
            int heads = c.size("num_attention_heads", 8, Size.WIDTH);
            c.expectEqualParts("hidden_size", width, "num_attention_heads", heads);
            // of a projection that CLIP's own projection_dim decides
            c.size("projection_dim", 512, Size.WIDTH);
            Config config = new Config(
                    c.size("vocab_size", 49408, Size.VOCABULARY),
                    c.size("max_position_embeddings", 77, Size.TOKENS),
                    width,
                    c.size("num_hidden_layers", 12, Size.LAYERS),
                    heads,
                    c.size("intermediate_size", 2048, Size.WIDTH),
                    activation(c),
                    c.integer("eos_token_id", 49407));
            c.refuseUnread(Bookkeeping.TRANSFORMERS);
            return config;
        }

        static Activation activation(org.zeuxis.config.Config c) {
            return ActivationKey.read(c, "hidden_act", Activation.QUICK_GELU);
        }

        /** As the {@code config.json} of transformers' {@code CLIPTextModel}. */
        public ConfigWriter write(int startToken, int padToken) {
            return new ConfigWriter()
                    .put("architectures", List.of("CLIPTextModel"))
                    .put("bos_token_id", startToken)
                    .put("eos_token_id", endToken)
                    .put("hidden_act", activation.key())
                    .put("hidden_size", width)
                    .put("intermediate_size", innerWidth)
                    .put("layer_norm_eps", 1e-5)
                    .put("max_position_embeddings", context)
                    .put("model_type", "clip_text_model")
                    .put("num_attention_heads", heads)
                    .put("num_hidden_layers", layers)
                    .put("pad_token_id", padToken)
                    .put("projection_dim", width)
                    .put("vocab_size", vocabulary);
        }

        public Config {
            if (width % heads != 0) {
                throw new IllegalArgumentException(
                        "expected width " + width + " in equal heads, got " + heads + " heads");
            }
        }
    }

    private final Embedding tokens;
    private final Embedding positions;
    private final ClipTransformer transformer;
    private final LayerNorm norm;
    private final Config config;

    public ClipTextModel(Config c) {
        config = c;
        tokens = child("embeddings.token_embedding", new Embedding(c.vocabulary, c.width, Initialization.normal(0.02)));
        positions =
                child("embeddings.position_embedding", new Embedding(c.context, c.width, Initialization.normal(0.01)));
        transformer = child(
                "encoder",
                new ClipTransformer(
                        c.width, c.layers, c.heads, c.innerWidth, c.activation, FirstLayer.text(c.width, c.layers)));
        norm = child("final_layer_norm", new LayerNorm(c.width));
    }

    public Config config() {
        return config;
    }

    /**
     * @param ids token numbers, [batch, tokens] of int64
     * @return the state of every token after the last layer, normalised, [batch, tokens, width]
     */
    public Tensor forward(Tensor ids) {
        return states(ids, 0);
    }

    /** The state after the last layer but {@code skipped}, normalised: 1 is what Stable Diffusion 2 listens to. */
    public Tensor states(Tensor ids, int skipped) {
        if (ids.size(1) > config.context) {
            throw new IllegalArgumentException(
                    "expected at most " + config.context + " tokens, got " + ids.size(1) + "; cut the text first");
        }
        Tensor x = tokens.forward(ids).plus(positions.first(ids.size(1)));
        List<Tensor> states = transformer.causal(x);
        return norm.forward(states.get(states.size() - 1 - skipped));
    }

    /**
     * @param states what {@link #forward} gave for {@code ids}
     * @return the state at each sequence's (first) end token, [batch, width]
     */
    public Tensor pooled(Tensor states, Tensor ids) {
        Tensor end = config.endToken == 2
                ? ids.argmax(1)
                : ids.equalTo(config.endToken).to(DType.INT32).argmax(1);
        Tensor place = end.reshape(-1, 1, 1).expand(-1, 1, states.size(2));
        return states.gather(1, place).squeeze(1);
    }
}
