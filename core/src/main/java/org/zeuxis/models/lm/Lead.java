package org.zeuxis.models.lm;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * How texts of different lengths are read abreast: the shorter begin later, so that all go on at the same place. What is empty before
 * a text is seen by none of its tokens.
 */
final class Lead {
    /** Stands for a token where a text has not begun. */
    static final int EMPTY = -1;

    private final long[] places; // that are empty before each text

    private Lead(long[] places) {
        this.places = places;
    }

    /** @param lengths of the texts at first; null if all are as long */
    static @Nullable Lead of(int[] lengths) {
        long longest = Arrays.stream(lengths).max().orElse(0);
        Lead lead = new Lead(Arrays.stream(lengths).mapToLong(n -> longest - n).toArray());
        return lead.most() == 0 ? null : lead;
    }

    /**
     * Texts one after the other, each behind its lead.
     *
     * @throws IllegalArgumentException if one has no token
     */
    static long[] ids(List<int[]> texts) {
        if (texts.stream().anyMatch(text -> text.length == 0))
            throw new IllegalArgumentException("expected at least one token to begin with, got none");
        int longest = texts.stream().mapToInt(text -> text.length).max().orElse(0);
        long[] ids = new long[texts.size() * longest];
        Arrays.fill(ids, EMPTY);
        int end = 0;
        for (int[] text : texts) {
            end += longest;
            for (int i = 0; i < text.length; i++) ids[end - text.length + i] = text[i];
        }
        return ids;
    }

    /** Tokens, of which the first of all stands where a text has not begun. */
    static Tensor filled(Tensor ids) {
        return ids.clamp(0, Integer.MAX_VALUE).to(DType.INT64);
    }

    /** Before the longest text. */
    long least() {
        return Arrays.stream(places).min().orElse(0);
    }

    /** Before the shortest text. */
    long most() {
        return Arrays.stream(places).max().orElse(0);
    }

    /** Before the text at {@code row}. */
    long at(int row) {
        return places[row];
    }

    /** Of some of the texts: the one at {@code i} is what was at {@code rows[i]}. */
    Lead of(long[] rows) {
        return new Lead(Arrays.stream(rows).map(row -> places[(int) row]).toArray());
    }

    /** Which place of its text each of n tokens has, 0 where it has not begun, [batch, n] of FLOAT32. */
    Tensor standing(long from, long n) {
        return order(from, n).minus(begins(1)).clamp(0, Integer.MAX_VALUE);
    }

    /**
     * Which tokens are seen: those of the text. What is empty sees all that is, as softmax of nothing is not a number.
     *
     * @param from the place of the first of n that look
     * @return of BOOL, broadcasting to [batch, heads, n, from + n]
     */
    Tensor visible(long from, long n) {
        Tensor begins = begins(3);
        Tensor begun = begins.minus(order(0, from + n)).lessThan(0.5);
        if (from >= most()) return begun;
        Tensor empty = order(from, n).unsqueeze(1).minus(begins).lessThan(-0.5);
        return empty.choose(Tensor.ones(1).to(DType.BOOL), begun);
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
