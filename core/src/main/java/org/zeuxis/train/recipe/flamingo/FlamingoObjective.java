package org.zeuxis.train.recipe.flamingo;

import java.util.Map;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.flamingo.Flamingo;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Teaches the resampler and the gated layers what the language model cannot know: each next token of texts about pictures
 * and videos that it is shown.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 2.4
 */
final class FlamingoObjective implements Objective {
    private final Flamingo model;
    private final Map<String, Tensor> learned;
    private final ClipPreprocessing preprocessing;
    private final ReadAhead<Documents.Batch> documents;
    private final int batchSize;

    /** @param learned of the model's parameters; what is frozen has no gradients */
    FlamingoObjective(
            Flamingo model, Map<String, Tensor> learned, ClipPreprocessing preprocessing, Documents documents) {
        this.model = model;
        this.learned = learned;
        this.preprocessing = preprocessing;
        this.documents = new ReadAhead<>(documents::at);
        batchSize = documents.batchSize();
    }

    @Override
    public Map<String, Tensor> parameters() {
        return learned;
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Documents.Batch batch = documents.at(step);
        Tensor pixels =
                preprocessing.apply(batch.pictures()).rearrange("(m t) c h w -> m t c h w", "t", batch.frames());
        Tensor visual = model.see(pixels).rearrange("(b m) l d -> b m l d", "m", batch.media());
        Tensor ids = Tensor.of(batch.ids(), batchSize, batch.tokens());
        Tensor scores = model.forward(ids.slice(1, 0, batch.tokens() - 1L), visual);
        Tensor said = Tensor.of(batch.said(), batch.said().length);
        Tensor next = ids.slice(1, 1, batch.tokens()).reshape(-1);
        return scores.reshape(-1, scores.size(2)).pick(0, said).crossEntropy(next.pick(0, said));
    }

    @Override
    public void close() {
        documents.close();
    }
}
