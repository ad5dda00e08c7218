package org.zeuxis.train;

import java.util.Map;
import org.zeuxis.tensor.Recomputation;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** An objective whose model computes its layers again in the backward pass instead of keeping their activations. */
public record Recomputed(Objective objective) implements Objective {
    @Override
    public Map<String, Tensor> parameters() {
        return objective.parameters();
    }

    @Override
    public int batchSize() {
        return objective.batchSize();
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        return objective.loss(step, seed);
    }

    @Override
    public double backward(long step, Seed seed, double share) {
        try (Recomputation on = Recomputation.on()) {
            return objective.backward(step, seed, share);
        }
    }

    @Override
    public void moved() {
        objective.moved();
    }

    @Override
    public void close() {
        objective.close();
    }
}
