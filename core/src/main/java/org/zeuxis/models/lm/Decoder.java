package org.zeuxis.models.lm;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.nn.attention.Attention;
import org.zeuxis.nn.attention.KvCache;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Tensor;

/**
 * A language model: reads tokens, each of which sees those before it, and says how likely each token is to be the next.
 *
 * @see <a href="https://arxiv.org/abs/2005.14165">GPT-3</a>, section 2.1
 */
public final class Decoder extends Module {
    private static final Initialization FIRST = Initialization.normal(0.02);

    private final Family family;
    private final int vocabulary;
    private final Embedding tokens;
    private final @Nullable Embedding places;
    private final List<Block> blocks;
    private final Norm norm;
    private final @Nullable Linear head;

    public Decoder(Family f) {
        this(f, f.vocabulary());
    }

    /** @param vocabulary number of tokens, where some were added or left out since the family's configuration was written */
    public Decoder(Family f, int vocabulary) {
        family = f;
        this.vocabulary = vocabulary;
        tokens = child("model.embed_tokens", new Embedding(vocabulary, f.width(), FIRST, f.tied()));
        int before = f.placesBefore();
        places = before < 0
                ? null
                : child("model.embed_positions", new Embedding(f.context() + before, f.width(), FIRST));
        blocks = children("model.layers", f.layers(), i -> new Block(f));
        norm = child("model.norm", f.norm());
        head = f.tied() ? null : child("lm_head", Linear.withoutBias(f.width(), vocabulary, FIRST));
    }

    public Family family() {
        return family;
    }

    /** Number of tokens. */
    public int vocabulary() {
        return vocabulary;
    }

    /**
     * @param ids [batch, tokens] of int64
     * @return scores of the next token after each, [batch, tokens, vocabulary]
     */
    public Tensor forward(Tensor ids) {
        return forward(ids, Insertion.NONE);
    }

    /** The same with what enters between the blocks. */
    public Tensor forward(Tensor ids, Insertion insertion) {
        return scores(states(ids, null, null, insertion.reading(ids)));
    }

    /**
     * Begins to read a text.
     *
     * @param most how many tokens it gets at most
     * @throws IllegalStateException if this is closed
     */
    public Reading reading(int most) {
        return reading(most, Insertion.NONE);
    }

    /** The same with what enters between the blocks, which is closed with the reading. */
    public Reading reading(int most, Insertion insertion) {
        expectOpen();
        return new Reading(this, insertion, most, null);
    }

    /**
     * Begins to read several texts abreast.
     *
     * @param lengths how many tokens of each are read first and at once, the shorter ones behind numbers less than 0
     * @param most how many tokens the longest gets at most
     */
    public Reading reading(int[] lengths, int most, Insertion insertion) {
        expectOpen();
        return new Reading(this, insertion, most, Lead.of(lengths));
    }

    /** Scores of the token after the last, [batch, vocabulary]; {@code past} has seen these tokens afterwards. */
    Tensor next(Tensor ids, List<KvCache> past, @Nullable Lead lead, Insertion.Layers inserted) {
        // of [batch, 1, width] LibTorch would transpose the whole table of tokens
        return scores(states(ids, past, lead, inserted).select(1, ids.size(1) - 1));
    }

    /** The same after each, [batch, tokens, vocabulary]. */
    Tensor each(Tensor ids, List<KvCache> past, @Nullable Lead lead, Insertion.Layers inserted) {
        return scores(states(ids, past, lead, inserted));
    }

    /** The state of every token after the last block, normalised, [batch, tokens, width]. */
    private Tensor states(Tensor ids, @Nullable List<KvCache> past, @Nullable Lead lead, Insertion.Layers inserted) {
        long n = ids.size(1);
        long from = past == null ? 0 : past.get(0).tokens();
        long end = from + n - (lead == null ? 0 : lead.least());
        if (end > family.context()) {
            throw new IllegalArgumentException(
                    "expected at most " + family.context() + " tokens, got " + end + "; cut the text first");
        }
        Tensor x = tokens.forward(lead == null ? ids : Lead.filled(ids));
        if (places != null) {
            Tensor standing = lead == null ? Tensor.arange(n).plus((double) from) : lead.standing(from, n);
            x = x.plus(
                    places.forward(standing.plus((double) family.placesBefore()).to(DType.INT64)));
        }
        Tensor visible = lead == null ? null : lead.visible(from, n);
        for (int i = 0; i < blocks.size(); i++) {
            Block block = blocks.get(i);
            KvCache seen = past == null ? null : past.get(i);
            x = inserted.before(i, x);
            x = Recomputation.of(y -> seen == null ? block.forward(y) : block.forward(y, seen, visible), x);
        }
        return norm.forward(x);
    }

    private Tensor scores(Tensor states) {
        return head == null ? tokens.scores(states) : head.forward(states);
    }

    private static final class Block extends Module {
        private final Norm norm1;
        private final Attention attention;
        private final Norm norm2;
        private final FeedForward feedForward;
        private final Residual residual;

        Block(Family f) {
            norm1 = child("input_layernorm", f.norm());
            attention = child("self_attn", f.attention());
            norm2 = child("post_attention_layernorm", f.norm());
            feedForward = child("mlp", f.feedForward());
            residual = f.residual();
        }

        Tensor forward(Tensor x) {
            return residual.add(x, y -> attention.causal(norm1.forward(y)), this::feed);
        }

        Tensor forward(Tensor x, KvCache past, @Nullable Tensor visible) {
            return residual.add(x, y -> attention.causal(norm1.forward(y), past, visible), this::feed);
        }

        private Tensor feed(Tensor x) {
            return feedForward.forward(norm2.forward(x));
        }
    }
}
