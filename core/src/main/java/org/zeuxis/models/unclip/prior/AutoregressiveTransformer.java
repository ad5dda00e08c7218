package org.zeuxis.models.unclip.prior;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.KvCache;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The network of the autoregressive prior: a causal transformer over the encoded text, the CLIP text embedding, the quantised
 * dot product and the codes so far, whose output is the next code.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
public final class AutoregressiveTransformer extends Module {

    /**
     * @param width of CLIP's embeddings
     * @param textWidth of the text tower's states
     * @param tokens the most of a caption
     * @param components codes of an embedding
     * @param buckets values of a code
     * @param dots values of the quantised dot product
     */
    public record Config(
            int width,
            int textWidth,
            int tokens,
            int components,
            int buckets,
            int dots,
            int heads,
            int headWidth,
            int layers) {
        public Config {
            if (width < 1 || textWidth < 1 || tokens < 1 || heads < 1 || headWidth < 1 || layers < 1) {
                throw new IllegalArgumentException("expected widths, tokens, heads and layers of at least 1, got "
                        + width + ", " + textWidth + ", " + tokens + ", " + heads + " of " + headWidth + ", " + layers);
            }
            if (components < 1 || components > width) {
                throw new IllegalArgumentException(
                        "expected 1 to " + width + " components of an embedding, got " + components);
            }
            if (buckets < 2 || dots < 2) {
                throw new IllegalArgumentException(
                        "expected at least 2 buckets of codes and of the dot product, got " + buckets + ", " + dots);
            }
        }

        /** @throws IllegalArgumentException if the configuration asks for what is not here */
        public static Config from(org.zeuxis.config.Config c) {
            Config config = new Config(
                    c.size("embedding_dim", Size.WIDTH),
                    c.size("text_embed_dim", Size.WIDTH),
                    c.size("num_embeddings", Size.TOKENS),
                    c.size("num_components", Size.WIDTH),
                    c.size("num_buckets", Size.VOCABULARY),
                    c.size("num_dot_buckets", Size.VOCABULARY),
                    c.size("num_attention_heads", Size.WIDTH),
                    c.size("attention_head_dim", Size.WIDTH),
                    c.size("num_layers", Size.LAYERS));
            c.refuseUnread(Bookkeeping.DIFFUSERS);
            return config;
        }

        /** As the {@code config.json} that {@link #from} reads. */
        public ConfigWriter write() {
            return new ConfigWriter()
                    .put("_class_name", "AutoregressivePrior")
                    .put("attention_head_dim", headWidth)
                    .put("embedding_dim", width)
                    .put("num_attention_heads", heads)
                    .put("num_buckets", buckets)
                    .put("num_components", components)
                    .put("num_dot_buckets", dots)
                    .put("num_embeddings", tokens)
                    .put("num_layers", layers)
                    .put("text_embed_dim", textWidth);
        }

        int innerWidth() {
            return heads * headWidth;
        }
    }

    private final Linear text;
    private final Linear textEmbedding;
    private final Embedding dot;
    private final Embedding codes;
    private final Tensor positions; // [1, tokens + 1 + 1 + components − 1, innerWidth]
    private final List<PriorBlock> blocks;
    private final LayerNorm norm;
    private final Linear out;
    private final Config config;

    public AutoregressiveTransformer(Config c) {
        config = c;
        int inner = c.innerWidth();
        Initialization small = Initialization.normal(0.02);
        text = child("encoder_hidden_states_proj", new Linear(c.textWidth, inner));
        textEmbedding = child("embedding_proj", new Linear(c.width, inner));
        dot = child("dot_embedding", new Embedding(c.dots, inner, small));
        codes = child("code_embedding", new Embedding(c.buckets, inner, small));
        positions = parameter("positional_embedding", small, 1, c.tokens + 1 + c.components, inner);
        blocks = children("transformer_blocks", c.layers, i -> new PriorBlock(inner, c.heads));
        norm = child("norm_out", new LayerNorm(inner));
        out = child("proj_to_codes", new Linear(inner, c.buckets));
    }

    public Config config() {
        return config;
    }

    /**
     * @param dots the quantised dot product of each, [batch] of int64
     * @param known the codes of each, [batch, components] of int64
     * @return what each code should have been by what stands before it, as logits, [batch, components, buckets]
     */
    public Tensor forward(EncodedText caption, Tensor dots, Tensor known) {
        Tensor before = known.slice(1, 0, config.components - 1);
        Tensor x = Tensor.cat(1, told(caption), dot(dots), codes(before, 0));
        Tensor visible = visible(caption);
        for (PriorBlock block : blocks) x = block.forward(x, null, visible);
        long from = caption.tokens() + 1;
        return answer(x.slice(1, from, from + config.components));
    }

    /** Captions that were read, and the codes that followed them. */
    public final class Writing implements AutoCloseable {
        private final List<KvCache> past = new ArrayList<>();
        private final Tensor visible; // [batch, 1, 1, all tokens] of BOOL
        private final Tensor first; // [batch, 1, buckets]
        private int written;

        private Writing(EncodedText caption, Tensor dots) {
            visible = visible(caption);
            int capacity = (int) caption.tokens() + 1 + config.components;
            for (int i = 0; i < config.layers; i++) past.add(new KvCache(capacity));
            first = further(Tensor.cat(1, told(caption), dot(dots)));
        }

        /** Logits of the first code, [batch, buckets]. */
        public Tensor first() {
            return first.squeeze(1);
        }

        /**
         * Logits of the code that follows another, [batch, buckets].
         *
         * @param code the last one of each, [batch] of int64
         */
        public Tensor after(Tensor code) {
            return further(codes(code.unsqueeze(1), written++)).squeeze(1);
        }

        private Tensor further(Tensor x) {
            for (int i = 0; i < past.size(); i++) {
                long seen = past.get(i).tokens() + x.size(1);
                x = blocks.get(i).forward(x, past.get(i), visible.slice(-1, 0, seen));
            }
            return answer(x.slice(1, x.size(1) - 1, x.size(1)));
        }

        @Override
        public void close() {
            past.forEach(KvCache::close);
        }
    }

    /** Reads captions, so that codes can be written one after the other, each token computed once. */
    public Writing write(EncodedText caption, Tensor dots) {
        return new Writing(caption, dots);
    }

    /** The text's tokens and its embedding, [batch, tokens + 1, innerWidth]. */
    private Tensor told(EncodedText caption) {
        long n = caption.tokens();
        if (n > config.tokens) {
            throw new IllegalArgumentException(
                    "expected captions of at most " + config.tokens + " tokens, got " + n + "; cut them first");
        }
        caption.embedding().expect("batch", config.width);
        caption.states().expect("batch tokens", config.textWidth);
        Tensor states = text.forward(caption.states().to(positions.dtype()));
        Tensor embedding = textEmbedding.forward(caption.embedding().to(positions.dtype()));
        Tensor places = Tensor.cat(1, positions.slice(1, 0, n), places(0, 1));
        return Tensor.cat(1, states, embedding.unsqueeze(1)).plus(places);
    }

    private Tensor dot(Tensor dots) {
        return dot.forward(dots.unsqueeze(1)).plus(places(1, 2));
    }

    /** @param known [batch, n] of int64, of which the first is code number {@code from} */
    private Tensor codes(Tensor known, int from) {
        int n = (int) known.size(1);
        return codes.forward(known).plus(places(2 + from, 2 + from + n));
    }

    /** Where what follows the longest caption stands, however long this one is. */
    private Tensor places(int from, int to) {
        return positions.slice(1, config.tokens + from, config.tokens + to);
    }

    private Tensor visible(EncodedText caption) {
        Tensor further = Tensor.ones(caption.batch(), 1 + config.components).to(DType.BOOL);
        return Tensor.cat(1, caption.mask(), further).unsqueeze(1).unsqueeze(1);
    }

    private Tensor answer(Tensor x) {
        return out.forward(norm.forward(x)).to(DType.FLOAT32);
    }
}
