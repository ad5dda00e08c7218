package org.zeuxis.models.lm;

import java.util.List;
import org.zeuxis.checkpoint.KeyMap;
import org.zeuxis.config.ActivationKey;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.Config;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Norm;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.nn.attention.Rotary;

/**
 * GPT-NeoX and Pythia: a part of each head is turned by its place, and both halves of a block read the same.
 *
 * @param turned how many numbers of a head are turned
 * @param base of the rotary wavelengths
 * @see <a href="https://arxiv.org/abs/2204.06745">GPT-NeoX</a>, section 2
 */
public record GptNeoX(
        int vocabulary,
        int width,
        int layers,
        int context,
        int heads,
        int turned,
        int innerWidth,
        Activation activation,
        double base,
        double epsilon,
        Residual residual,
        boolean biases,
        boolean tied)
        implements Family {

    /** @throws IllegalArgumentException if the published configuration asks for what is not here */
    static GptNeoX from(Config c) {
        int width = c.size("hidden_size", 6144, Size.WIDTH);
        int heads = c.size("num_attention_heads", 64, Size.WIDTH);
        c.expectEqualParts("hidden_size", width, "num_attention_heads", heads);
        GptNeoX family = new GptNeoX(
                c.size("vocab_size", 50432, Size.VOCABULARY),
                width,
                c.size("num_hidden_layers", 44, Size.LAYERS),
                c.size("max_position_embeddings", 2048, Size.TOKENS),
                heads,
                (int) (width / heads * RotaryKeys.share(c, "rotary_pct", 0.25)),
                c.size("intermediate_size", 24576, Size.WIDTH),
                ActivationKey.read(c, "hidden_act", Activation.GELU),
                RotaryKeys.base(c, "rotary_emb_base", 10_000),
                c.positive("layer_norm_eps", 1e-5),
                c.flag("use_parallel_residual", true) ? Residual.TOGETHER : Residual.IN_TURN,
                c.flag("attention_bias", true),
                c.flag("tie_word_embeddings", false));
        c.refuseUnread(Bookkeeping.TRANSFORMERS, "eos_token_id", "hidden_dropout", "classifier_dropout");
        return family;
    }

    @Override
    public Norm norm() {
        return new LayerNorm(width, epsilon);
    }

    @Override
    public Attention attention() {
        return new Attention(
                ATTENTION,
                Heads.of(heads).with(Rotary.of(turned, base)),
                projection(),
                projection(),
                projection(),
                projection());
    }

    private Linear projection() {
        return new Linear(width, width, Initialization.normal(0.02), biases ? Initialization.zeros() : null);
    }

    @Override
    public FeedForward feedForward() {
        return new FeedForward.Plain(
                FEED_FORWARD,
                new Linear(width, innerWidth, Initialization.normal(0.02)),
                activation,
                new Linear(innerWidth, width, Initialization.normal(0.02)));
    }

    @Override
    public KeyMap keys() {
        String old = "gpt_neox.layers.*.";
        String here = "model.layers.*.";
        KeyMap keys = new KeyMap()
                .drop("*.attention.bias")
                .drop("*.attention.masked_bias")
                .drop("*.attention.rotary_emb.inv_freq");
        for (String kind : List.of("weight", "bias")) {
            keys.splitWithinHeads(
                    heads,
                    old + "attention.query_key_value." + kind,
                    here + "self_attn.q_proj." + kind,
                    here + "self_attn.k_proj." + kind,
                    here + "self_attn.v_proj." + kind);
        }
        return keys.rename(old + "attention.dense.*", here + "self_attn.o_proj.*")
                .rename(old + "mlp.dense_h_to_4h.*", here + "mlp.up_proj.*")
                .rename(old + "mlp.dense_4h_to_h.*", here + "mlp.down_proj.*")
                .rename("gpt_neox.layers.*", "model.layers.*")
                .rename("gpt_neox.embed_in.*", "model.embed_tokens.*")
                .rename("gpt_neox.final_layer_norm.*", "model.norm.*")
                .rename("embed_out.*", "lm_head.*");
    }
}
