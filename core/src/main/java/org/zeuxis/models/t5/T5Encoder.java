package org.zeuxis.models.t5;

import java.util.List;
import java.util.Set;
import org.zeuxis.config.Bookkeeping;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.RmsNorm;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.Heads;
import org.zeuxis.nn.attention.RelativePositions;
import org.zeuxis.nn.attention.RelativePositions.Sight;
import org.zeuxis.tensor.Tensor;

/**
 * The half of T5 that reads: tokens that see one another, told how far apart they stand by one table for all layers.
 *
 * @see <a href="https://arxiv.org/abs/1910.10683">T5</a>, section 2.1
 */
public final class T5Encoder extends Module {
    private static final Attention.Keys KEYS = new Attention.Keys("q", "k", "v", "o");

    /**
     * @param headWidth of each head; all heads together need not be as wide as the model
     * @param buckets of distances, half of them for later tokens
     * @param farthest the distance from which on all are alike
     * @param gated whether the feed-forward has a gate, as version 1.1 does
     */
    public record Config(
            int vocabulary,
            int width,
            int layers,
            int heads,
            int headWidth,
            int innerWidth,
            int buckets,
            int farthest,
            Activation activation,
            boolean gated,
            double epsilon) {
        /** T5 v1.1 XXL, which Imagen and DeepFloyd read with. */
        public static final Config XXL = v11(4096, 24, 64, 10240);
        /** T5 v1.1 large. */
        public static final Config LARGE = v11(1024, 24, 16, 2816);
        /** T5 v1.1 small. */
        public static final Config SMALL = v11(512, 8, 6, 1024);

        private static Config v11(int width, int layers, int heads, int innerWidth) {
            return new Config(32128, width, layers, heads, 64, innerWidth, 32, 128, Activation.GELU_NEW, true, 1e-6);
        }

        private static final String[] OF_THE_DECODER = {
            "classifier_dropout",
            "dense_act_fn", // follows from feed_forward_proj, as the next does
            "is_gated_act",
            "dropout_rate",
            "eos_token_id",
            "n_positions",
            "num_decoder_layers",
            "output_past",
            "scale_decoder_outputs"
        };

        /** @throws IllegalArgumentException if the published configuration asks for what is not here */
        public static Config from(org.zeuxis.config.Config c) {
            c.expect("model_type", "t5");
            c.expect("feed_forward_proj", "relu", "gated-gelu", "gated-silu");
            String forward = c.text("feed_forward_proj", "relu");
            Activation activation = switch (forward) {
                case "relu" -> Activation.RELU;
                case "gated-silu" -> Activation.SILU;
                default -> Activation.GELU_NEW;
            };
            Config config = new Config(
                    c.size("vocab_size", 32128, Size.VOCABULARY),
                    c.size("d_model", 512, Size.WIDTH),
                    c.size("num_layers", 6, Size.LAYERS),
                    c.size("num_heads", 8, Size.WIDTH),
                    c.size("d_kv", 64, Size.WIDTH),
                    c.size("d_ff", 2048, Size.WIDTH),
                    c.size("relative_attention_num_buckets", 32, Size.WIDTH),
                    c.size("relative_attention_max_distance", 128, Size.TOKENS),
                    activation,
                    forward.startsWith("gated"),
                    c.positive("layer_norm_epsilon", 1e-6));
            c.refuseUnread(Bookkeeping.TRANSFORMERS, OF_THE_DECODER);
            return config;
        }

        /** As the {@code config.json} of transformers' {@code T5EncoderModel}. */
        public ConfigWriter write() {
            String forward = activation == Activation.GELU_NEW ? "gelu" : activation.key();
            return new ConfigWriter()
                    .put("architectures", List.of("T5EncoderModel"))
                    .put("d_ff", innerWidth)
                    .put("d_kv", headWidth)
                    .put("d_model", width)
                    .put("feed_forward_proj", gated ? "gated-" + forward : forward)
                    .put("layer_norm_epsilon", epsilon)
                    .put("model_type", "t5")
                    .put("num_heads", heads)
                    .put("num_layers", layers)
                    .put("relative_attention_max_distance", farthest)
                    .put("relative_attention_num_buckets", buckets)
                    .put("vocab_size", vocabulary);
        }

        /** @throws IllegalArgumentException if distances cannot be told apart, or the activation is none of T5's */
        public Config {
            if (buckets % 4 != 0 || farthest <= buckets / 4) {
                throw new IllegalArgumentException("expected a multiple of 4 buckets and distances beyond "
                        + buckets / 4 + ", got " + buckets + " buckets and distances to " + farthest);
            }
            Set<Activation> known = gated ? Set.of(Activation.GELU_NEW, Activation.SILU) : Set.of(Activation.RELU);
            if (!known.contains(activation)) {
                throw new IllegalArgumentException("expected one of " + known + " as activation, got " + activation);
            }
        }
    }

    private final Embedding tokens;
    private final RelativePositions positions;
    private final List<Block> blocks;
    private final RmsNorm norm;
    private final Config config;

    public T5Encoder(Config c) {
        config = c;
        tokens = child("shared", new Embedding(c.vocabulary, c.width, Initialization.normal(1)));
        positions = child(
                "encoder.block.0.layer.0.SelfAttention.relative_attention_bias",
                new RelativePositions(c.heads, c.buckets, c.farthest, Sight.BOTH_WAYS));
        blocks = children("encoder.block", c.layers, i -> new Block(c));
        norm = child("encoder.final_layer_norm", new RmsNorm(c.width, c.epsilon));
    }

    public Config config() {
        return config;
    }

    /**
     * @param ids [batch, tokens] of int64
     * @param words [batch, tokens] of BOOL: where it is false is padding, which no token sees
     * @return the state of every token after the last block, normalised, [batch, tokens, width]
     */
    public Tensor forward(Tensor ids, Tensor words) {
        long n = ids.size(1);
        Tensor x = tokens.forward(ids);
        Tensor distance = positions.bias(0, n, n); // [1, heads, tokens, tokens]
        Tensor seen = words.unsqueeze(1).unsqueeze(1); // [batch, 1, 1, tokens]
        Tensor nothing = Tensor.scalar(Double.NEGATIVE_INFINITY).to(distance.dtype());
        Tensor mask = seen.choose(distance, nothing).contiguous(); // each block adds it, row by row
        for (Block block : blocks) x = block.forward(x, mask);
        return norm.forward(x);
    }

    private static final class Block extends Module {
        private final RmsNorm norm1;
        private final Attention attention;
        private final RmsNorm norm2;
        private final FeedForward feedForward;

        Block(Config c) {
            int inner = c.heads * c.headWidth;
            norm1 = child("layer.0.layer_norm", new RmsNorm(c.width, c.epsilon));
            // T5's first weights make up for scores that are not divided
            attention = child(
                    "layer.0.SelfAttention",
                    new Attention(
                            KEYS,
                            Heads.of(c.heads).unscaled(),
                            linear(c.width, inner, c.width * c.headWidth),
                            linear(c.width, inner, c.width),
                            linear(c.width, inner, c.width),
                            linear(inner, c.width, inner)));
            norm2 = child("layer.1.layer_norm", new RmsNorm(c.width, c.epsilon));
            feedForward = child("layer.1.DenseReluDense", feedForward(c));
        }

        private static FeedForward feedForward(Config c) {
            Linear widen = linear(c.width, c.innerWidth, c.width);
            Linear narrow = linear(c.innerWidth, c.width, c.innerWidth);
            if (!c.gated)
                return new FeedForward.Plain(new FeedForward.Keys("", "wi", "wo"), widen, c.activation, narrow);
            Linear gate = linear(c.width, c.innerWidth, c.width);
            return new FeedForward.Gated(new FeedForward.Keys("wi_0", "wi_1", "wo"), gate, c.activation, widen, narrow);
        }

        private static Linear linear(int in, int out, double variance) {
            return Linear.withoutBias(in, out, Initialization.normal(1 / Math.sqrt(variance)));
        }

        Tensor forward(Tensor x, Tensor mask) {
            Tensor normed = norm1.forward(x);
            x = x.plus(attention.forward(normed, normed, mask));
            return x.plus(feedForward.forward(norm2.forward(x)));
        }
    }
}
