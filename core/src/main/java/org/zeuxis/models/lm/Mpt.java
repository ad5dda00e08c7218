package org.zeuxis.models.lm;

import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Norm;
import org.zeuxis.nn.attention.Alibi;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;

/**
 * MPT: scores fall with distance (ALiBi), and nothing has a bias.
 *
 * @see <a href="https://www.databricks.com/blog/mpt-7b">MPT-7B</a>
 */
public record Mpt(int vocabulary, int width, int layers, int context, int heads, double epsilon, boolean tied)
        implements Family {
    private static final int WIDENING = 4;

    /** @throws IllegalArgumentException if the published configuration asks for what is not here */
    static Mpt from(Config c) {
        c.expect("expansion_ratio", WIDENING);
        c.expect("no_bias", true);
        c.expect("logit_scale", "null");
        c.expect("embedding_fraction", 1, 1.0);
        c.expect("norm_type", "low_precision_layernorm", "layernorm");
        Config attention = c.child("attn_config");
        attention.expect("alibi", true);
        attention.expect("alibi_bias_max", 8);
        attention.expect("attn_type", "multihead_attention");
        attention.expect("clip_qkv", "null");
        attention.expect("prefix_lm", false);
        attention.expect("qk_ln", false);
        attention.expect("softmax_scale", "null");
        attention.expect("attn_uses_sequence_id", false);
        attention.refuseUnread(Bookkeeping.TRANSFORMERS, "attn_impl", "attn_pdrop", "model_type");
        int width = c.size("d_model", 2048, Size.WIDTH);
        int heads = c.size("n_heads", 16, Size.WIDTH);
        c.expectEqualParts("d_model", width, "n_heads", heads);
        Mpt family = new Mpt(
                c.size("vocab_size", 50368, Size.VOCABULARY),
                width,
                c.size("n_layers", 24, Size.LAYERS),
                c.size("max_seq_len", 2048, Size.TOKENS),
                heads,
                c.positive("layer_norm_epsilon", 1e-5),
                c.flag("tie_word_embeddings", true));
        // places are not learned where scores fall with distance, whatever learned_pos_emb says
        c.refuseUnread(
                Bookkeeping.TRANSFORMERS,
                "emb_pdrop",
                "eos_token_id",
                "init_config",
                "init_device",
                "learned_pos_emb",
                "resid_pdrop",
                "tokenizer_name",
                "verbose");
        return family;
    }

    @Override
    public Norm norm() {
        return LayerNorm.withoutBias(width, epsilon);
    }

    @Override
    public Attention attention() {
        return new Attention(
                ATTENTION,
                Heads.of(heads).with(new Alibi(heads)),
                linear(width, width),
                linear(width, width),
                linear(width, width),
                linear(width, width));
    }

    @Override
    public FeedForward feedForward() {
        return new FeedForward.Plain(
                FEED_FORWARD, linear(width, WIDENING * width), Activation.GELU, linear(WIDENING * width, width));
    }

    private static Linear linear(int in, int out) {
        return Linear.withoutBias(in, out, Initialization.normal(0.02));
    }

    @Override
    public KeyMap keys() {
        String old = "transformer.blocks.*.";
        String here = "model.layers.*.";
        return new KeyMap()
                .split(
                        old + "attn.Wqkv.weight",
                        here + "self_attn.q_proj.weight",
                        here + "self_attn.k_proj.weight",
                        here + "self_attn.v_proj.weight")
                .rename(old + "attn.out_proj.*", here + "self_attn.o_proj.*")
                .rename(old + "norm_1.*", here + "input_layernorm.*")
                .rename(old + "norm_2.*", here + "post_attention_layernorm.*")
                .rename(old + "ffn.*", here + "mlp.*")
                .rename("transformer.wte.*", "model.embed_tokens.*")
                .rename("transformer.norm_f.*", "model.norm.*");
    }
}
