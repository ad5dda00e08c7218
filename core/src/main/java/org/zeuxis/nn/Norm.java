package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/** Brings the vectors of the last axis to one length or spread. */
@FunctionalInterface
public interface Norm extends Parameterized {
    /** Leaves them as they are. */
    Norm NONE = x -> x;

    /** @param x [..., width] */
    Tensor forward(Tensor x);
}
