package org.zeuxis.models.minilm;

import java.util.List;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.tensor.Tensor;

/**
 * BERT: tokens that see one another, each block normalised after what it adds.
 *
 * @see <a href="https://arxiv.org/abs/1810.04805">BERT</a>, section 3
 */
public final class BertEncoder extends Module {
    private static final Attention.Keys KEYS =
            new Attention.Keys("self.query", "self.key", "self.value", "output.dense");
    /** The deviation of BERT's first weights. */
    private static final double DEVIATION = 0.02;

    /**
     * @param positions the longest text
     * @param types of texts that are told apart, of which the first is used
     */
    public record Config(
            int vocabulary,
            int width,
            int layers,
            int heads,
            int innerWidth,
            Activation activation,
            int positions,
            int types,
            double epsilon) {
        /** all-MiniLM-L6-v2. */
        public static final Config MINI_LM = new Config(30522, 384, 6, 12, 1536, Activation.GELU, 512, 2, 1e-12);

        private static final String[] OF_TRAINING = {
            "attention_probs_dropout_prob", "classifier_dropout", "hidden_dropout_prob", "eos_token_id"
        };

        /** @throws IllegalArgumentException if the width does not fall into heads */
        public Config {
            if (width % heads != 0) {
                throw new IllegalArgumentException("expected a width of equal heads, got " + width + " in " + heads);
            }
        }

        /** @throws IllegalArgumentException if the published configuration asks for what is not here, naming it */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("model_type", "bert");
            c.expect("position_embedding_type", "absolute");
            c.expect("is_decoder", false);
            c.expect("add_cross_attention", false);
            int width = c.size("hidden_size", 768, Size.WIDTH);
            int heads = c.size("num_attention_heads", 12, Size.WIDTH);
            c.expectEqualParts("hidden_size", width, "num_attention_heads", heads);
            Config config = new Config(
                    c.size("vocab_size", 30522, Size.VOCABULARY),
                    width,
                    c.size("num_hidden_layers", 12, Size.LAYERS),
                    heads,
                    c.size("intermediate_size", 3072, Size.WIDTH),
                    Activation.named(c.text("hidden_act", "gelu")),
                    c.size("max_position_embeddings", 512, Size.TOKENS),
                    c.size("type_vocab_size", 2, Size.WIDTH),
                    c.positive("layer_norm_eps", 1e-12));
            c.refuseUnread(Bookkeeping.TRANSFORMERS, OF_TRAINING);
            return config;
        }

        /** As the {@code config.json} of transformers' {@code BertModel}. */
        public ConfigWriter write() {
            return new ConfigWriter()
                    .put("architectures", List.of("BertModel"))
                    .put("hidden_act", activation.key())
                    .put("hidden_size", width)
                    .put("intermediate_size", innerWidth)
                    .put("layer_norm_eps", epsilon)
                    .put("max_position_embeddings", positions)
                    .put("model_type", "bert")
                    .put("num_attention_heads", heads)
                    .put("num_hidden_layers", layers)
                    .put("type_vocab_size", types)
                    .put("vocab_size", vocabulary);
        }
    }

    private final Embedding tokens;
    private final Embedding positions;
    private final Embedding types;
    private final LayerNorm norm;
    private final List<Block> blocks;
    private final Config config;

    public BertEncoder(Config c) {
        config = c;
        Initialization first = Initialization.normal(DEVIATION);
        tokens = child("embeddings.word_embeddings", new Embedding(c.vocabulary, c.width, first));
        positions = child("embeddings.position_embeddings", new Embedding(c.positions, c.width, first));
        types = child("embeddings.token_type_embeddings", new Embedding(c.types, c.width, first));
        norm = child("embeddings.LayerNorm", new LayerNorm(c.width, c.epsilon));
        blocks = children("encoder.layer", c.layers, i -> new Block(c));
    }

    public Config config() {
        return config;
    }

    /**
     * @param ids [batch, tokens] of int64
     * @param words [batch, tokens] of BOOL: where it is false is padding, which no token sees
     * @return the state of every token after the last block, [batch, tokens, width]
     */
    public Tensor forward(Tensor ids, Tensor words) {
        Tensor placed = positions.first(ids.size(1)).plus(types.first(1));
        Tensor x = norm.forward(tokens.forward(ids).plus(placed));
        Tensor seen = words.unsqueeze(1).unsqueeze(1); // [batch, 1, 1, tokens]
        for (Block block : blocks) x = block.forward(x, seen);
        return x;
    }

    private static final class Block extends Module {
        private final Attention attention;
        private final LayerNorm norm1;
        private final FeedForward feedForward;
        private final LayerNorm norm2;

        Block(Config c) {
            attention = child(
                    "attention",
                    new Attention(
                            KEYS,
                            Heads.of(c.heads),
                            linear(c.width, c.width),
                            linear(c.width, c.width),
                            linear(c.width, c.width),
                            linear(c.width, c.width)));
            norm1 = child("attention.output.LayerNorm", new LayerNorm(c.width, c.epsilon));
            feedForward = child(
                    "",
                    new FeedForward.Plain(
                            new FeedForward.Keys("", "intermediate.dense", "output.dense"),
                            linear(c.width, c.innerWidth),
                            c.activation,
                            linear(c.innerWidth, c.width)));
            norm2 = child("output.LayerNorm", new LayerNorm(c.width, c.epsilon));
        }

        private static Linear linear(int in, int out) {
            return new Linear(in, out, Initialization.normal(DEVIATION), Initialization.zeros());
        }

        Tensor forward(Tensor x, Tensor seen) {
            Tensor mixed = norm1.forward(x.plus(attention.forward(x, x, seen)));
            return norm2.forward(mixed.plus(feedForward.forward(mixed)));
        }
    }
}
