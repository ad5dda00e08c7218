package org.zeuxis.train.recipe.classifier;

import java.util.Map;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.clip.ImageClassifier;
import org.zeuxis.nn.BatchStatistics;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/** Makes the label of a picture likely among all labels: the cross-entropy of a softmax. */
public final class ClassifierObjective implements Objective {
    private final ImageClassifier classifier;
    private final ReadAhead<Batch> batches;
    private final int batchSize;

    /** @param batches of pictures of the size the tower sees, whose captions are their labels */
    public ClassifierObjective(ImageClassifier classifier, Batches batches) {
        this.classifier = classifier;
        this.batches = new ReadAhead<>(batches::at);
        batchSize = batches.batchSize();
    }

    @Override
    public Map<String, Tensor> parameters() {
        return classifier.tower().parameters();
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Batch batch = batches.at(step);
        long[] truths = batch.captions().stream()
                .mapToLong(classifier.labels()::indexOf)
                .toArray();
        try (BatchStatistics on = BatchStatistics.gathered()) {
            Tensor logits = classifier.tower().forward(Normalize.CLIP.apply(batch.images()));
            return logits.to(DType.FLOAT32).crossEntropy(Tensor.of(truths, truths.length));
        }
    }

    @Override
    public void close() {
        batches.close();
    }
}
