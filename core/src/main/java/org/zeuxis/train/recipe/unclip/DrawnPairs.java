package org.zeuxis.train.recipe.unclip;

import org.zeuxis.models.unclip.prior.CaptionEncoder;
import org.zeuxis.models.unclip.prior.EncodedText;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;

/**
 * Draws batches of embedded pairs, of which some captions are empty, so that a prior can be guided.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">DALL·E 2</a>, section 2.2
 */
final class DrawnPairs {
    private final EmbeddedPairs pairs;
    private final CaptionEncoder encoder;
    private final Tensor ids; // [count, tokens] of int64
    private final Tensor lengths; // [count] of int64
    private final Tensor empty; // [1, tokens] of int64
    private final long emptyLength;
    private final int batch;
    private final double dropped;

    /** @param dropped share of captions that are empty */
    DrawnPairs(EmbeddedPairs pairs, CaptionEncoder encoder, int batch, double dropped) {
        if (!(dropped >= 0 && dropped < 1)) {
            throw new IllegalArgumentException("expected a share of dropped captions of 0 up to 1, got " + dropped);
        }
        this.pairs = pairs;
        this.encoder = encoder;
        this.batch = batch;
        this.dropped = dropped;
        TokenBatch tokens = encoder.tokenizer().encode(pairs.captions());
        ids = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()).outliving();
        lengths = Tensor.of(longs(tokens.lengths()), tokens.batch()).outliving();
        TokenBatch none = encoder.tokenizer().encode("");
        empty = Tensor.of(none.ids(), 1, none.tokens()).outliving();
        emptyLength = none.lengths()[0];
    }

    private static long[] longs(int[] values) {
        long[] all = new long[values.length];
        for (int i = 0; i < values.length; i++) all[i] = values[i];
        return all;
    }

    /**
     * A batch.
     *
     * @param places where in the pairs, [batch] of int64
     * @param images [batch, width]
     * @param texts their captions, of which some are empty
     */
    record Drawn(Tensor places, Tensor images, EncodedText texts) {}

    int batchSize() {
        return batch;
    }

    Drawn draw(Seed seed) {
        Tensor places = seed.randint(0, pairs.images().size(0), batch);
        Tensor drop = seed.rand(batch).lessThan(dropped);
        Tensor full = lengths.pick(0, places);
        Tensor length = drop.choose(Tensor.of(new long[] {emptyLength}, 1), full);
        long longest = (long) length.max();
        Tensor rows = drop.unsqueeze(1).choose(empty, ids.pick(0, places)).slice(1, 0, longest);
        Tensor mask =
                Tensor.arange(longest).unsqueeze(0).minus(length.unsqueeze(1)).lessThan(0);
        try (Gradients off = Gradients.off()) {
            return new Drawn(places, pairs.images().pick(0, places), encoder.encode(rows.contiguous(), mask));
        }
    }
}
