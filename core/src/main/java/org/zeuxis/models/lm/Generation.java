package org.zeuxis.models.lm;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import org.zeuxis.nn.attention.KvCache;
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
     * @param told each token as it is written
     * @return what was written, without the prompt, the end token included
     */
    public static int[] write(Decoder model, int[] prompt, int most, int end, Choice choice, IntConsumer told) {
        if (prompt.length == 0)
            throw new IllegalArgumentException("expected at least one token to begin with, got none");
        model.expectOpen();
        int room = Math.min(most, model.family().context() - prompt.length);
        List<Integer> written = new ArrayList<>();
        List<KvCache> memory = model.memory(prompt.length + Math.max(0, room));
        try (Gradients off = Gradients.off()) {
            int[] read = prompt;
            while (written.size() < room) {
                try (Scope step = new Scope()) {
                    Tensor scores = model.next(ids(read), memory).to(DType.FLOAT32);
                    read = new int[] {(int) choice.next(scores, written.size()).toLongs()[0]};
                }
                written.add(read[0]);
                told.accept(read[0]);
                if (read[0] == end) break;
            }
        } finally {
            memory.forEach(KvCache::close);
        }
        return written.stream().mapToInt(Integer::intValue).toArray();
    }

    private static Tensor ids(int[] tokens) {
        long[] ids = new long[tokens.length];
        for (int i = 0; i < ids.length; i++) ids[i] = tokens[i];
        return Tensor.of(ids, 1, ids.length);
    }
}
