package org.zeuxis.train.optimizer;

import java.util.Map;
import org.zeuxis.tensor.Tensor;

/** Moves parameters against their gradients, by what it remembers of the gradients before. */
public interface Optimizer {

    /** Which optimizer, and its numbers. */
    interface Config {
        Optimizer over(FlatParameters parameters);
    }

    /**
     * Takes one step.
     *
     * @param step counts from 0
     */
    void step(long step, double learningRate);

    /**
     * All that it remembers, by parameter and by group, as a checkpoint holds it. The tensors are its memory itself: what is
     * assigned to them, it remembers.
     */
    Map<String, Map<String, Tensor>> state();
}
