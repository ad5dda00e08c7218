package org.zeuxis.train.recipe;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.zeuxis.data.Batch;
import org.zeuxis.data.Batches;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Tokenizer;
import org.zeuxis.train.Objective;

/**
 * Draws each picture of a batch towards its own caption and away from all others, and each caption likewise.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, Figure 3
 */
public final class ClipObjective implements Objective {
    private final Clip clip;
    private final Tokenizer tokenizer;
    private final Batches batches;

    /** @param batches of pictures of the size the vision tower sees */
    public ClipObjective(Clip clip, Tokenizer tokenizer, Batches batches) {
        this.clip = clip;
        this.tokenizer = tokenizer;
        this.batches = batches;
    }

    @Override
    public Map<String, Tensor> parameters() {
        return clip.parameters();
    }

    @Override
    public int batchSize() {
        return batches.batchSize();
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Batch batch;
        try {
            batch = batches.at(step);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TokenBatch tokens = tokenizer.encode(batch.captions());
        Tensor ids = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens());
        Tensor images = clip.embedImages(Normalize.CLIP.apply(batch.images()));
        Tensor texts = clip.embedText(ids);
        Tensor logits =
                clip.logits(images.to(DType.FLOAT32), texts.to(DType.FLOAT32)).to(DType.FLOAT32);
        Tensor own = Tensor.arange(logits.size(0));
        return logits.crossEntropy(own)
                .plus(logits.transpose(0, 1).crossEntropy(own))
                .over(2);
    }

    @Override
    public void moved() {
        clip.clampScale();
    }
}
