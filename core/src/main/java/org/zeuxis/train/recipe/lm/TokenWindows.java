package org.zeuxis.train.recipe.lm;

import java.io.IOException;
import java.util.stream.LongStream;
import org.zeuxis.text.language.LanguageTokenizer;
import org.zeuxis.train.recipe.lm.TrainingTexts.Piece;

/**
 * Texts one after the other, each ended, in windows of one length; the last text of a window is cut.
 *
 * @param tokens of a window
 * @see <a href="https://arxiv.org/abs/2005.14165">GPT-3</a>, appendix B
 */
record TokenWindows(TrainingTexts texts, LanguageTokenizer tokenizer, int tokens, int batchSize) {
    /** More texts than any window has; so that no two windows read the same. */
    private static final long STRIDE = 1 << 20;

    /**
     * A batch.
     *
     * @param ids [batchSize × tokens]
     * @param said places of the tokens, in [batchSize × (tokens − 1)] without each first, that are to be learned
     */
    record Windows(long[] ids, long[] said) {}

    Windows at(long step) throws IOException {
        long[] ids = new long[batchSize * tokens];
        LongStream.Builder said = LongStream.builder();
        for (int i = 0; i < batchSize; i++) {
            long window = Math.addExact(Math.multiplyExact(step, (long) batchSize), i);
            boolean[] learned = new boolean[tokens];
            fill(ids, i * tokens, learned, window);
            for (int t = 1; t < tokens; t++) if (learned[t]) said.add((long) i * (tokens - 1) + t - 1);
        }
        return new Windows(ids, said.build().toArray());
    }

    private void fill(long[] ids, int from, boolean[] learned, long window) throws IOException {
        int at = 0;
        for (long text = 0; at < tokens; text++) {
            for (Piece piece : texts.pieces(Math.addExact(Math.multiplyExact(window, STRIDE), text))) {
                for (int id : tokenizer.tokens(piece.text())) {
                    if (at == tokens) return;
                    learned[at] = piece.learned();
                    ids[from + at++] = id;
                }
            }
            if (at == tokens) return;
            learned[at] = true;
            ids[from + at++] = tokenizer.endId();
        }
    }
}
