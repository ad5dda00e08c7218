package org.zeuxis.text;

import java.util.Arrays;
import java.util.List;

/**
 * Encoded prompts, padded to one length.
 *
 * @param ids [batch, tokens], row by row
 * @param batch how many prompts
 * @param tokens how many ids each row has
 * @param lengths [batch], how many ids of each row are text, start and end; the rest is padding
 * @param cut per prompt the text that did not fit, as the tokenizer normalised it; empty if all of it fitted
 */
public record TokenBatch(long[] ids, int batch, int tokens, int[] lengths, List<String> cut) {

    /** @throws IllegalArgumentException if the sizes do not agree */
    public TokenBatch {
        if (ids.length != Math.multiplyExact(batch, tokens) || lengths.length != batch || cut.size() != batch) {
            throw new IllegalArgumentException("expected " + batch + "x" + tokens + " ids with " + batch
                    + " lengths and cut texts, got " + ids.length + " ids, " + lengths.length + " lengths and "
                    + cut.size() + " texts");
        }
        cut = List.copyOf(cut);
    }

    /** The ids of one prompt, [tokens], padding included. */
    public long[] row(int prompt) {
        return Arrays.copyOfRange(ids, prompt * tokens, (prompt + 1) * tokens);
    }

    /** Without the padding that all prompts have, for a model whose tokens see no later ones. */
    public TokenBatch trimmed() {
        int longest = Math.max(1, Arrays.stream(lengths).max().orElse(tokens));
        if (longest >= tokens) return this;
        long[] kept = new long[batch * longest];
        for (int b = 0; b < batch; b++) System.arraycopy(ids, b * tokens, kept, b * longest, longest);
        return new TokenBatch(kept, batch, longest, lengths, cut);
    }

    /** The attention mask, [batch, tokens]: 1 where an id is text, start or end, 0 where it is padding. */
    public long[] mask() {
        long[] mask = new long[ids.length];
        for (int b = 0; b < batch; b++) Arrays.fill(mask, b * tokens, b * tokens + lengths[b], 1);
        return mask;
    }
}
