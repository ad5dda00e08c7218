package org.zeuxis.models.unclip.prior;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.KvCache;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.unet.TimestepEmbedding;

/**
 * The network of the diffusion prior: a causal transformer over the encoded text, the CLIP text embedding, the timestep, the
 * noised image embedding and a learned query, whose output is the embedding without noise.
 *
 * <p>Its keys are those of diffusers' {@code PriorTransformer}.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public final class PriorTransformer extends Module {
    /** What follows the caption's tokens: text embedding, timestep, noised image embedding, query. */
    private static final int FURTHER = 4;

    /**
     * @param width of CLIP's embeddings, and the most of the text's states
     * @param tokens the most of a caption
     */
    public record Config(int width, int tokens, int heads, int headWidth, int layers) {
        /** Karlo's, over CLIP's ViT-L/14. */
        public static final Config KARLO = new Config(768, 77, 32, 64, 20);

        public Config {
            if (width < 1 || tokens < 1 || heads < 1 || layers < 1) {
                throw new IllegalArgumentException("expected a width, tokens, heads and layers of at least 1, got "
                        + width + ", " + tokens + ", " + heads + ", " + layers);
            }
            if (headWidth < 1 || heads * headWidth % 2 != 0) {
                throw new IllegalArgumentException(
                        "expected heads that are an even number wide together, got " + heads + " of " + headWidth);
            }
        }

        /** @throws IllegalArgumentException if the published configuration asks for what is not here */
        public static Config from(org.zeuxis.config.Config c) {
            int width = c.size("embedding_dim", 768, Size.WIDTH);
            int heads = c.size("num_attention_heads", 32, Size.WIDTH);
            int headWidth = c.size("attention_head_dim", 64, Size.WIDTH);
            c.expect("additional_embeddings", FURTHER);
            c.expect("time_embed_act_fn", "silu");
            c.expect("norm_in_type", "null");
            c.expect("embedding_proj_norm_type", "null");
            c.expect("encoder_hid_proj_type", "linear");
            c.expect("added_emb_type", "prd");
            c.expect("time_embed_dim", "null", heads * headWidth);
            c.expect("embedding_proj_dim", "null", width);
            c.expect("clip_embed_dim", "null", width);
            Config config = new Config(
                    width,
                    c.size("num_embeddings", 77, Size.TOKENS),
                    heads,
                    headWidth,
                    c.size("num_layers", 20, Size.LAYERS));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As the {@code config.json} of diffusers' {@code PriorTransformer}. */
        public ConfigWriter write() {
            return new ConfigWriter()
                    .put("_class_name", "PriorTransformer")
                    .put("added_emb_type", "prd")
                    .put("additional_embeddings", FURTHER)
                    .put("attention_head_dim", headWidth)
                    .put("clip_embed_dim", null)
                    .put("dropout", 0.0)
                    .put("embedding_dim", width)
                    .put("embedding_proj_dim", null)
                    .put("embedding_proj_norm_type", null)
                    .put("encoder_hid_proj_type", "linear")
                    .put("norm_in_type", null)
                    .put("num_attention_heads", heads)
                    .put("num_embeddings", tokens)
                    .put("num_layers", layers)
                    .put("time_embed_act_fn", "silu")
                    .put("time_embed_dim", null);
        }

        int innerWidth() {
            return heads * headWidth;
        }
    }

    private final Linear text;
    private final Linear textEmbedding;
    private final TimestepEmbedding timestep;
    private final Linear noised;
    private final Tensor query; // [1, 1, innerWidth]
    private final Tensor positions; // [1, tokens + 4, innerWidth]
    private final List<PriorBlock> blocks;
    private final LayerNorm norm;
    private final Linear out;
    private final Tensor mean; // [1, width]
    private final Tensor deviation; // [1, width]
    private final Config config;

    public PriorTransformer(Config c) {
        config = c;
        int inner = c.innerWidth();
        text = child("encoder_hidden_states_proj", new Linear(c.width, inner));
        textEmbedding = child("embedding_proj", new Linear(c.width, inner));
        timestep = child("time_embedding", new TimestepEmbedding(inner, inner, Activation.SILU));
        noised = child("proj_in", new Linear(c.width, inner));
        query = parameter("prd_embedding", Initialization.normal(0.02), 1, 1, inner);
        positions = parameter("positional_embedding", Initialization.normal(0.02), 1, c.tokens + FURTHER, inner);
        blocks = children("transformer_blocks", c.layers, i -> new PriorBlock(inner, c.heads));
        norm = child("norm_out", new LayerNorm(inner));
        out = child("proj_to_clip_embeddings", new Linear(inner, c.width));
        mean = parameter("clip_mean", Initialization.zeros(), 1, c.width);
        deviation = parameter("clip_std", Initialization.ones(), 1, c.width);
    }

    public Config config() {
        return config;
    }

    /**
     * @param xt noised image embeddings, each of whose numbers has mean 0 and variance 1 without noise, [batch, width]
     * @param t timesteps, [batch]
     * @return the embeddings without noise, [batch, width]
     */
    public Tensor forward(Tensor xt, Tensor t, EncodedText caption) {
        Tensor x = Tensor.cat(1, told(caption), asked(xt, t));
        Tensor visible = visible(caption);
        for (PriorBlock block : blocks) x = block.forward(x, null, visible);
        return answer(x);
    }

    /** Captions that were read, so that each step computes no more than what the noise changes. */
    public final class Reading implements AutoCloseable {
        private final List<KvCache> past = new ArrayList<>();
        private final long tokens;
        private final Tensor visible; // [batch, 1, 1, tokens + 4] of BOOL

        private Reading(EncodedText caption) {
            tokens = caption.tokens() + 1;
            visible = visible(caption);
            Tensor x = told(caption);
            for (PriorBlock block : blocks) {
                KvCache cache = new KvCache((int) tokens + FURTHER - 1);
                past.add(cache);
                x = block.forward(x, cache, visible.slice(-1, 0, tokens));
            }
        }

        /** The same as {@link PriorTransformer#forward} of these captions. */
        public Tensor forward(Tensor xt, Tensor t) {
            Tensor x = asked(xt, t);
            for (int i = 0; i < blocks.size(); i++) {
                past.get(i).forgetAfter(tokens);
                x = blocks.get(i).forward(x, past.get(i), visible);
            }
            return answer(x);
        }

        @Override
        public void close() {
            past.forEach(KvCache::close);
        }
    }

    /** No token sees a later one: of what stands before the timestep, nothing changes from step to step. */
    public Reading read(EncodedText caption) {
        return new Reading(caption);
    }

    /** The text's tokens and its embedding, [batch, tokens + 1, innerWidth]. */
    private Tensor told(EncodedText caption) {
        long n = caption.tokens();
        if (n > config.tokens) {
            throw new IllegalArgumentException(
                    "expected captions of at most " + config.tokens + " tokens, got " + n + "; cut them first");
        }
        caption.embedding().expect("batch", config.width);
        DType type = query.dtype();
        Tensor states = text.forward(caption.states(config.width).to(type));
        Tensor embedding = textEmbedding.forward(caption.embedding().to(type)).unsqueeze(1);
        Tensor places = Tensor.cat(1, positions.slice(1, 0, n), place(0, 1));
        return Tensor.cat(1, states, embedding).plus(places);
    }

    /** The timestep, the noised image embedding and the query, [batch, 3, innerWidth]. */
    private Tensor asked(Tensor xt, Tensor t) {
        xt.expect("batch", config.width);
        Tensor x = xt.to(query.dtype());
        return Tensor.cat(
                        1,
                        timestep.forward(t, x).unsqueeze(1),
                        noised.forward(x).unsqueeze(1),
                        query.expand(xt.size(0), 1, config.innerWidth()))
                .plus(place(1, FURTHER));
    }

    /** Where what follows the longest caption stands, however long this one is. */
    private Tensor place(int from, int to) {
        return positions.slice(1, config.tokens + from, config.tokens + to);
    }

    private static Tensor visible(EncodedText caption) {
        Tensor further = Tensor.ones(caption.batch(), FURTHER).to(DType.BOOL);
        return Tensor.cat(1, caption.mask(), further).unsqueeze(1).unsqueeze(1);
    }

    private Tensor answer(Tensor x) {
        Tensor last = x.select(1, x.size(1) - 1);
        return out.forward(norm.forward(last)).to(DType.FLOAT32);
    }

    /** Image embeddings, [batch, width], with each number brought to mean 0 and variance 1. */
    public Tensor scaled(Tensor embeddings) {
        return embeddings.minus(mean).over(deviation);
    }

    /** The length of an image embedding, in the mean square. */
    double length() {
        return Math.sqrt(mean.square().plus(deviation.square()).sum().item());
    }

    /** The way back. */
    public Tensor unscaled(Tensor x0) {
        return x0.times(deviation).plus(mean).to(DType.FLOAT32);
    }
}
