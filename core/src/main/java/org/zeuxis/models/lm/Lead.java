package org.zeuxis.models.lm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/** How texts of different lengths are read abreast: the shorter begin later, so that all go on at the same place. */
final class Lead {
    private final long[] places; // that are empty before each text
    private final long least;
    private final long most;

    private Lead(long[] places) {
        this.places = places;
        least = Arrays.stream(places).min().orElse(0);
        most = Arrays.stream(places).max().orElse(0);
    }

    /** @param lengths of the texts at first, at least one; null if all are as long */
    static @Nullable Lead of(int[] lengths) {
        long longest = Arrays.stream(lengths).max().orElseThrow();
        Lead lead = new Lead(Arrays.stream(lengths).mapToLong(n -> longest - n).toArray());
        return lead.most == 0 ? null : lead;
    }

    /** Before the longest text. */
    long least() {
        return least;
    }

    /** Before the shortest text. */
    long most() {
        return most;
    }

    /** Before the text at {@code row}. */
    long at(int row) {
        return places[row];
    }

    /** Of some of the texts: the one at {@code i} is what was at {@code rows[i]}. */
    Lead of(long[] rows) {
        return new Lead(Arrays.stream(rows).map(row -> places[(int) row]).toArray());
    }

    /** Which place of its text each token has, 0 where it has not begun, [batch, n] of FLOAT32. */
    Tensor standing(long from, long n) {
        return order(from, n).minus(begins(1)).clamp(0, Integer.MAX_VALUE);
    }

    /**
     * Which tokens are seen: those of the text, and before it begins, so that there is a number, all.
     *
     * @param from the place of the first of n that look
     * @return of BOOL, broadcasting to [batch, heads, n, from + n]
     */
    Tensor visible(long from, long n) {
        Tensor begins = begins(3);
        Tensor begun = begins.minus(order(0, from + n)).lessThan(0.5);
        if (from >= most) return begun;
        Tensor before = order(from, n).unsqueeze(1).minus(begins).lessThan(-0.5);
        return before.choose(Tensor.ones(1).to(DType.BOOL), begun);
    }

    private static Tensor order(long from, long n) {
        return Tensor.arange(n).plus((double) from).to(DType.FLOAT32);
    }

    /** [batch, 1, ...] with so many ones. */
    private Tensor begins(int ones) {
        long[] shape = new long[1 + ones];
        Arrays.fill(shape, 1);
        shape[0] = places.length;
        return Tensor.of(places, shape).to(DType.FLOAT32);
    }
}
