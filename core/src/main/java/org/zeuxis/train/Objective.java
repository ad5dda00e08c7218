package org.zeuxis.train;

import java.util.Map;
import org.zeuxis.tensor.Autocast;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * What training makes small.
 *
 * <p>Everything random comes from the seed it is given, so that a step can be run again with the same result.
 */
public interface Objective extends AutoCloseable {
    /** The parameters to train, by checkpoint key. */
    Map<String, Tensor> parameters();

    /** Samples of one {@link #loss}. */
    int batchSize();

    /**
     * The loss of one batch.
     *
     * @param step counts batches from 0; the same step reads the same data
     * @param seed what this batch's choices and noise come from
     * @return one number, with gradients
     */
    Tensor loss(long step, Seed seed);

    /**
     * Adds the gradients of one batch to those of the parameters. What needs less memory when it is back-propagated
     * piece by piece does so here.
     *
     * @param share of the batch in its step: what loss and gradients are multiplied by
     * @return the share of the {@link #loss}
     */
    default double backward(long step, Seed seed, double share) {
        Tensor loss;
        try (Autocast cast = Autocast.fastest()) {
            loss = loss(step, seed);
        }
        Tensor part = loss.times(share);
        part.backward();
        return part.item();
    }

    /** Called after the optimiser has moved the parameters. */
    default void moved() {}

    /** Ends what it does in the background. */
    @Override
    default void close() {}
}
