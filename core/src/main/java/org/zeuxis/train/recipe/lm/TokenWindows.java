package org.zeuxis.train.recipe.lm;

import java.io.IOException;
import org.zeuxis.text.language.LanguageTokenizer;

/**
 * Texts one after the other, each ended, in windows of one length; the last text of a window is cut.
 *
 * @param tokens of a window
 * @see <a href="https://arxiv.org/abs/2005.14165">GPT-3</a>, appendix B
 */
record TokenWindows(TrainingTexts texts, LanguageTokenizer tokenizer, int tokens, int batchSize) {
    /** More texts than any window has; so that no two windows read the same. */
    private static final long STRIDE = 1 << 20;

    /** A batch, [batchSize × tokens]. */
    long[] at(long step) throws IOException {
        long[] ids = new long[batchSize * tokens];
        for (int i = 0; i < batchSize; i++) {
            long window = Math.addExact(Math.multiplyExact(step, (long) batchSize), i);
            fill(ids, i * tokens, window);
        }
        return ids;
    }

    private void fill(long[] ids, int from, long window) throws IOException {
        int at = 0;
        for (long text = 0; at < tokens; text++) {
            for (int id : tokenizer.tokens(texts.at(Math.addExact(Math.multiplyExact(window, STRIDE), text)))) {
                if (at < tokens) ids[from + at++] = id;
            }
            if (at < tokens) ids[from + at++] = tokenizer.endId();
        }
    }
}
