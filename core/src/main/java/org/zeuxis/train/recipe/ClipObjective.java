package org.zeuxis.train.recipe;

import java.util.Map;
import org.zeuxis.data.Batch;
import org.zeuxis.data.Batches;
import org.zeuxis.data.ReadAhead;
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
    /** A batch as the towers take it, but for the tensors: those belong to the thread that trains. */
    private record Pairs(Batch batch, TokenBatch tokens) {}

    private final Clip clip;
    private final ReadAhead<Pairs> pairs;
    private final int batchSize;

    /** @param batches of pictures of the size the vision tower sees */
    public ClipObjective(Clip clip, Tokenizer tokenizer, Batches batches) {
        this.clip = clip;
        batchSize = batches.batchSize();
        pairs = new ReadAhead<>(
                step -> {
                    Batch batch = batches.at(step);
                    return new Pairs(batch, tokenizer.encode(batch.captions()));
                },
                1,
                3);
    }

    @Override
    public Map<String, Tensor> parameters() {
        return clip.parameters();
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Pairs pair = pairs.at(step);
        TokenBatch tokens = pair.tokens();
        Tensor ids = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens());
        Tensor images = clip.embedImages(Normalize.CLIP.apply(pair.batch().images()));
        Tensor texts = clip.embedText(ids);
        return contrast(clip.logits(images.to(DType.FLOAT32), texts.to(DType.FLOAT32)));
    }

    /** The mean of both cross-entropies of [n, n] scaled cosines. */
    static Tensor contrast(Tensor cosines) {
        Tensor logits = cosines.to(DType.FLOAT32);
        Tensor own = Tensor.arange(logits.size(0));
        return logits.crossEntropy(own)
                .plus(logits.transpose(0, 1).crossEntropy(own))
                .over(2);
    }

    @Override
    public void moved() {
        clip.clampScale();
    }

    @Override
    public void close() {
        pairs.close();
    }
}
