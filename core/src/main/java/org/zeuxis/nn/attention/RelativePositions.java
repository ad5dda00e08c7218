package org.zeuxis.nn.attention;

import org.zeuxis.nn.Embedding;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Adds to the scores what each head has learned of a distance; near distances have a bucket of their own, far ones share one.
 *
 * @see <a href="https://arxiv.org/abs/1910.10683">T5</a>, section 2.1
 */
public final class RelativePositions extends Module implements Positions {

    /** Where attention looks. */
    public enum Sight {
        /** At every token: half of the buckets are for keys that come later. */
        BOTH_WAYS,
        /** At earlier tokens only. */
        BACK
    }

    private final Embedding table;
    private final int buckets;
    private final int farthest;
    private final Sight sight;

    /**
     * @param buckets how many there are
     * @param farthest the distance from which on all are alike
     */
    public RelativePositions(int heads, int buckets, int farthest, Sight sight) {
        this.buckets = buckets;
        this.farthest = farthest;
        this.sight = sight;
        table = child("", new Embedding(buckets, heads, Initialization.normal(0.02)));
    }

    @Override
    public Tensor bias(long from, long n, long m) {
        long[] places = new long[Math.toIntExact(n * m)];
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < m; j++) places[(int) (i * m + j)] = bucket(j - from - i);
        }
        Tensor learned = table.forward(Tensor.of(places, n, m)); // [n, m, heads]
        return learned.permute(2, 0, 1).unsqueeze(0);
    }

    /** @param ahead how much later the key comes than the query */
    long bucket(long ahead) {
        int each = sight == Sight.BACK ? buckets : buckets / 2;
        long start = sight == Sight.BOTH_WAYS && ahead > 0 ? each : 0;
        long distance = sight == Sight.BOTH_WAYS ? Math.abs(ahead) : Math.max(0, -ahead);
        int exact = each / 2;
        if (distance < exact) return start + distance;
        // in float32, as the published tables were learned
        float share = (float) Math.log((float) distance / exact) / (float) Math.log((double) farthest / exact);
        return start + Math.min(each - 1, exact + (long) (share * (each - exact)));
    }
}
