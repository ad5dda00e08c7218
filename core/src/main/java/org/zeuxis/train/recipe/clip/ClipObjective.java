package org.zeuxis.train.recipe.clip;

import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.nn.BatchStatistics;
import org.zeuxis.tensor.Autocast;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;
import org.zeuxis.text.Tokenizer;
import org.zeuxis.train.GradientCache;
import org.zeuxis.train.Objective;

/**
 * Draws each picture of a batch towards its own caption and away from all others, and each caption likewise.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, Figure 3
 */
public final class ClipObjective implements Objective {
    /** A batch as the towers take it, but for the tensors: those belong to the thread that trains. */
    private record Pairs(Batch batch, TokenBatch tokens) {}

    /** Turns pictures [from, to) of a batch into pooled vectors, [pictures, vision width]. */
    @FunctionalInterface
    private interface Seeing {
        Tensor pooled(Tensor pixels, int from, int to);
    }

    private final Clip clip;
    private final Map<String, Tensor> learned;
    private final ReadAhead<Pairs> pairs;
    private final int batchSize;
    private final GradientCache cache;
    private final PatchMask mask;

    /** @param batches of pictures of the size the vision tower sees */
    public ClipObjective(Clip clip, Tokenizer tokenizer, Batches batches) {
        this(clip, clip.parameters(), tokenizer, batches, batches.batchSize(), PatchMask.NONE);
    }

    /**
     * @param learned of its parameters; what a text tower that stays as it is gives has no gradients to compute
     * @param batches of pictures of the size the vision tower sees
     * @param chunk pairs whose activations are in memory at once; each is still contrasted with the whole batch
     * @param mask the patches that the vision tower does not look at, for a vision transformer
     */
    public ClipObjective(
            Clip clip, Map<String, Tensor> learned, Tokenizer tokenizer, Batches batches, int chunk, PatchMask mask) {
        this.clip = clip;
        this.learned = learned;
        this.mask = mask;
        batchSize = batches.batchSize();
        cache = new GradientCache(chunk);
        pairs = new ReadAhead<>(step -> {
            Batch batch = batches.at(step);
            return new Pairs(batch, tokenizer.encode(batch.captions()).trimmed());
        });
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
        Pairs pair = pairs.at(step);
        return loss(List.of(images(pair, seeing(seed), 0, batchSize), texts(pair, 0, batchSize)));
    }

    @Override
    public double backward(long step, Seed seed, double share) {
        if (cache.chunk() >= batchSize) return Objective.super.backward(step, seed, share);
        Pairs pair = pairs.at(step);
        Seeing seeing = seeing(seed);
        return cache.backward(
                batchSize,
                List.of(
                        (from, to) -> cast(() -> images(pair, seeing, from, to)),
                        (from, to) -> cast(() -> texts(pair, from, to))),
                embeddings -> cast(() -> loss(embeddings)).times(share));
    }

    /** Each with casts of its own: those of a pass without gradients would cut the next one off from the weights. */
    private static Tensor cast(Supplier<Tensor> pass) {
        try (Autocast on = Autocast.fastest()) {
            return pass.get();
        }
    }

    /** How the pictures of one batch are looked at: with each pass over them, the same. */
    private Seeing seeing(Seed seed) {
        if (mask.share() == 0 || !(clip.vision() instanceof ProjectedVisionModel vision)) {
            return (pixels, from, to) -> clip.vision().pooled(pixels);
        }
        Tensor kept = mask.kept(batchSize, vision.config().patches(), seed);
        return (pixels, from, to) -> vision.pooled(pixels, kept.slice(0, from, to));
    }

    private Tensor images(Pairs pair, Seeing seeing, int from, int to) {
        Tensor pixels = Normalize.CLIP.apply(pair.batch().images().subList(from, to));
        try (BatchStatistics on = BatchStatistics.gathered()) {
            return clip.project(seeing.pooled(pixels, from, to)).to(DType.FLOAT32);
        }
    }

    private Tensor texts(Pairs pair, int from, int to) {
        TokenBatch tokens = pair.tokens();
        Tensor ids = Tensor.of(tokens.ids(), tokens.batch(), tokens.tokens()).slice(0, from, to);
        return clip.embedText(ids).to(DType.FLOAT32);
    }

    private Tensor loss(List<Tensor> embeddings) {
        return contrast(clip.logits(embeddings.get(0), embeddings.get(1)));
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
