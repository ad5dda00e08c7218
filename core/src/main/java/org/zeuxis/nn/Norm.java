package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/** Brings the vectors of the last axis to one length or spread. */
public interface Norm extends Parameterized {
    /** @param x [..., width] */
    Tensor forward(Tensor x);
}
