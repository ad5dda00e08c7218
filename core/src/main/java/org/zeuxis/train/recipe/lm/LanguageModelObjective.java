package org.zeuxis.train.recipe.lm;

import java.util.Map;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.models.lm.Decoder;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Teaches a language model to say each next token.
 *
 * @see <a href="https://arxiv.org/abs/2005.14165">GPT-3</a>, section 2
 */
final class LanguageModelObjective implements Objective {
    private final Decoder model;
    private final ReadAhead<TokenWindows.Windows> windows;
    private final int batchSize;
    private final int tokens;

    LanguageModelObjective(Decoder model, TokenWindows windows) {
        this.model = model;
        this.windows = new ReadAhead<>(windows::at);
        batchSize = windows.batchSize();
        tokens = windows.tokens();
    }

    @Override
    public Map<String, Tensor> parameters() {
        return model.parameters();
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        TokenWindows.Windows batch = windows.at(step);
        Tensor ids = Tensor.of(batch.ids(), batchSize, tokens);
        Tensor said = Tensor.of(batch.said(), batch.said().length);
        Tensor scores = model.forward(ids.slice(1, 0, tokens - 1L));
        Tensor next = ids.slice(1, 1, tokens).reshape(-1);
        return scores.reshape(-1, scores.size(2)).pick(0, said).crossEntropy(next.pick(0, said));
    }

    @Override
    public void close() {
        windows.close();
    }
}
