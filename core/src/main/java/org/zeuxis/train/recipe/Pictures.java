package org.zeuxis.train.recipe;

import org.zeuxis.tensor.Tensor;

/** Batches of pictures: the same step gives the same batch, always. */
@FunctionalInterface
public interface Pictures {
    /** @return in [−1, 1], [size, 3, height, columns] */
    Tensor batch(long step, int size);
}
