package org.zeuxis.planted.nn;

import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Tensor;

final class OverwritesItsInput {
    private OverwritesItsInput() {}

    static Tensor forward(Tensor x) {
        InPlace.assign(x, x.plus(1));
        return x;
    }
}
