package org.zeuxis.planted.nn;

import org.zeuxis.tensor.Tensor;

final class OverwritesItsInput {
    private OverwritesItsInput() {}

    static Tensor forward(Tensor x) {
        x.assign(x.plus(1));
        return x;
    }
}
