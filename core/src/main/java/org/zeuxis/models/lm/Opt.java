package org.zeuxis.models.lm;

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

/**
 * OPT: learned places, of which the first two are never a token's, and a plain feed-forward.
 *
 * @see <a href="https://arxiv.org/abs/2205.01068">OPT</a>, section 2.1
 */
public record Opt(
        int vocabulary,
        int width,
        int layers,
        int context,
        int heads,
        int innerWidth,
        Activation activation,
        boolean biases,
        boolean tied)
        implements Family {

    /** @throws IllegalArgumentException if the published configuration asks for what is not here, as that of OPT-350M does */
    static Opt from(Config c) {
        c.expect("do_layer_norm_before", true);
        c.expect("_remove_final_layer_norm", false);
        c.expect("layer_norm_elementwise_affine", true);
        int width = c.size("hidden_size", 768, Size.WIDTH);
        int heads = c.size("num_attention_heads", 12, Size.WIDTH);
        c.expect("word_embed_proj_dim", width);
        c.expectEqualParts("hidden_size", width, "num_attention_heads", heads);
        Opt family = new Opt(
                c.size("vocab_size", 50272, Size.VOCABULARY),
                width,
                c.size("num_hidden_layers", 12, Size.LAYERS),
                c.size("max_position_embeddings", 2048, Size.TOKENS),
                heads,
                c.size("ffn_dim", 3072, Size.WIDTH),
                ActivationKey.read(c, "activation_function", Activation.RELU),
                c.flag("enable_bias", true),
                c.flag("tie_word_embeddings", true));
        c.refuseUnread(Bookkeeping.TRANSFORMERS, "eos_token_id", "layerdrop", "init_std", "activation_dropout");
        return family;
    }

    @Override
    public int placesBefore() {
        return 2;
    }

    @Override
    public Norm norm() {
        return new LayerNorm(width);
    }

    @Override
    public Attention attention() {
        return new Attention(
                ATTENTION,
                Heads.of(heads),
                linear(width, width),
                linear(width, width),
                linear(width, width),
                linear(width, width));
    }

    @Override
    public FeedForward feedForward() {
        return new FeedForward.Plain(FEED_FORWARD, linear(width, innerWidth), activation, linear(innerWidth, width));
    }

    private Linear linear(int in, int out) {
        return new Linear(in, out, Initialization.normal(0.02), biases ? Initialization.zeros() : null);
    }

    @Override
    public KeyMap keys() {
        String old = "model.decoder.layers.*.";
        String here = "model.layers.*.";
        return new KeyMap()
                .rename(old + "self_attn_layer_norm.*", here + "input_layernorm.*")
                .rename(old + "final_layer_norm.*", here + "post_attention_layernorm.*")
                .rename(old + "fc1.*", here + "mlp.up_proj.*")
                .rename(old + "fc2.*", here + "mlp.down_proj.*")
                .rename(old + "self_attn.out_proj.*", here + "self_attn.o_proj.*")
                .rename("model.decoder.layers.*", "model.layers.*")
                .rename("model.decoder.final_layer_norm.*", "model.norm.*")
                .rename("model.decoder.*", "model.*");
    }
}
