package org.zeuxis.data.series;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Problem;

/**
 * An endless series of batches by number: batch {@code n} has the examples from {@code n * batchSize} on, so a run
 * resumes at a step as if it had never stopped.
 *
 * @param batchSize at least 1
 */
public record Batches(Examples examples, int batchSize) {
    public Batches {
        if (batchSize < 1) throw new IllegalArgumentException("expected at least 1 example a batch, got " + batchSize);
    }

    /** A dataset in shuffled order. */
    public static Batches shuffled(Dataset dataset, int batchSize, long seed, Presentation presentation) {
        return new Batches(new ShuffledExamples(dataset, seed, presentation), batchSize);
    }

    /** @throws IOException if nothing of the dataset can be read */
    public Batch at(long step) throws IOException {
        List<Example> batch = new ArrayList<>(batchSize);
        for (int i = 0; i < batchSize; i++) batch.add(examples.at(Math.multiplyExact(step, (long) batchSize) + i));
        return new Batch(step, batch);
    }

    /** These batches from a step on, made in the background. */
    public Prefetch<Batch> from(long step, int threads, int ahead) {
        return new Prefetch<>(this::at, step, threads, ahead);
    }

    /** The samples that could not be read so far. */
    public List<Problem> problems() {
        return examples.problems();
    }
}
