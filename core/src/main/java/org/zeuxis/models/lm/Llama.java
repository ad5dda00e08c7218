package org.zeuxis.models.lm;

import java.util.Arrays;
import java.util.List;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Norm;
import org.zeuxis.nn.RmsNorm;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.nn.attention.Rotary;

/**
 * LLaMA and what is built like it: root mean square norms, rotary places, a gated feed-forward, heads that may share keys and
 * values.
 *
 * @param sharedHeads of keys and values; as many as {@code heads} where none are shared
 * @param base of the rotary wavelengths
 * @see <a href="https://arxiv.org/abs/2302.13971">LLaMA</a>, section 2.2
 */
public record Llama(
        int vocabulary,
        int width,
        int layers,
        int context,
        int heads,
        int sharedHeads,
        int headWidth,
        int innerWidth,
        double base,
        double epsilon,
        boolean tied)
        implements Family {

    /**
     * From a published configuration.
     *
     * @param others keys of a larger model, for which its own reader answers
     * @throws IllegalArgumentException if it asks for what is not here
     */
    public static Llama from(Config c, String... others) {
        c.expect("hidden_act", "silu");
        c.expect("attention_bias", false);
        c.expect("mlp_bias", false);
        c.expect("pretraining_tp", 1);
        int width = c.size("hidden_size", 4096, Size.WIDTH);
        int heads = c.size("num_attention_heads", 32, Size.WIDTH);
        int shared = c.size("num_key_value_heads", heads, Size.WIDTH);
        if (!c.has("head_dim")) c.expectEqualParts("hidden_size", width, "num_attention_heads", heads);
        Llama family = new Llama(
                c.size("vocab_size", 32000, Size.VOCABULARY),
                width,
                c.size("num_hidden_layers", 32, Size.LAYERS),
                c.size("max_position_embeddings", 2048, Size.TOKENS),
                heads,
                shared,
                c.size("head_dim", width / heads, Size.WIDTH),
                c.size("intermediate_size", 11008, Size.WIDTH),
                RotaryKeys.base(c, "rope_theta", 10_000),
                c.positive("rms_norm_eps", 1e-6),
                c.flag("tie_word_embeddings", false));
        String[] all = Arrays.copyOf(others, others.length + 1);
        all[others.length] = "eos_token_id";
        c.refuseUnread(Bookkeeping.TRANSFORMERS, all);
        return family;
    }

    /** The same with another number of tokens. */
    public Llama withVocabulary(int tokens) {
        return new Llama(
                tokens, width, layers, context, heads, sharedHeads, headWidth, innerWidth, base, epsilon, tied);
    }

    /** The same for longer texts, or shorter ones. */
    public Llama withContext(int tokens) {
        return new Llama(
                vocabulary, width, layers, tokens, heads, sharedHeads, headWidth, innerWidth, base, epsilon, tied);
    }

    /** As {@link #from} reads it, and transformers' {@code LlamaForCausalLM}. */
    ConfigWriter write(int endToken) {
        return new ConfigWriter()
                .put("architectures", List.of("LlamaForCausalLM"))
                .put("bos_token_id", endToken)
                .put("eos_token_id", endToken)
                .put("head_dim", headWidth)
                .put("hidden_act", "silu")
                .put("hidden_size", width)
                .put("intermediate_size", innerWidth)
                .put("max_position_embeddings", context)
                .put("model_type", "llama")
                .put("num_attention_heads", heads)
                .put("num_hidden_layers", layers)
                .put("num_key_value_heads", sharedHeads)
                .put("rms_norm_eps", epsilon)
                .put("rope_theta", base)
                .put("tie_word_embeddings", tied)
                .put("vocab_size", vocabulary);
    }

    @Override
    public Norm norm() {
        return new RmsNorm(width, epsilon);
    }

    @Override
    public Attention attention() {
        int inner = heads * headWidth;
        int keys = sharedHeads * headWidth;
        return new Attention(
                ATTENTION,
                Heads.of(heads).sharing(sharedHeads).with(Rotary.of(headWidth, base)),
                linear(width, inner),
                linear(width, keys),
                linear(width, keys),
                linear(inner, width));
    }

    @Override
    public FeedForward feedForward() {
        return new FeedForward.Gated(
                FEED_FORWARD,
                linear(width, innerWidth),
                Activation.SILU,
                linear(width, innerWidth),
                linear(innerWidth, width));
    }

    private static Linear linear(int in, int out) {
        return Linear.withoutBias(in, out, Initialization.normal(0.02));
    }

    @Override
    public KeyMap keys() {
        return new KeyMap().drop("*.rotary_emb.inv_freq");
    }
}
