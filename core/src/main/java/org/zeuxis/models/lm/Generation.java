package org.zeuxis.models.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** A language model writing on, one token after the other, each computed once. */
public final class Generation {
    private Generation() {}

    /**
     * Writes on until the end token or the most tokens.
     *
     * @param prompt token numbers, at least one
     * @param most how many tokens are written at most
     * @param end the token that ends a text; less than 0 for none
     * @param told each token as it is written; false ends the text with it
     * @return what was written, without the prompt, the end token included
     */
    public static int[] write(Decoder model, int[] prompt, int most, int end, Choice choice, IntPredicate told) {
        try (Reading reading =
                model.reading((int) Math.min((long) prompt.length + Math.max(0, most), Integer.MAX_VALUE))) {
            return write(reading, prompt, most, end, choice, told);
        }
    }

    /** The same into a reading that goes on with the prompt. */
    public static int[] write(Reading reading, int[] prompt, int most, int end, Choice choice, IntPredicate told) {
        if (prompt.length == 0)
            throw new IllegalArgumentException("expected at least one token to begin with, got none");
        int room = Math.min(most, reading.room() - prompt.length);
        List<Integer> written = new ArrayList<>();
        try (Gradients off = Gradients.off()) {
            int[] read = prompt;
            while (written.size() < room) {
                try (Scope step = new Scope()) {
                    Tensor scores = reading.next(ids(read)).to(DType.FLOAT32);
                    read = new int[] {(int) choice.next(scores, written.size()).toLongs()[0]};
                }
                written.add(read[0]);
                if (!told.test(read[0]) || read[0] == end) break;
            }
        }
        return written.stream().mapToInt(Integer::intValue).toArray();
    }

    static Tensor ids(int[] tokens) {
        long[] ids = new long[tokens.length];
        for (int i = 0; i < ids.length; i++) ids[i] = tokens[i];
        return Tensor.of(ids, 1, ids.length);
    }
}
