package org.zeuxis.planted.nn;

import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

final class FreesMemory {
    private FreesMemory() {}

    static Tensor forward(Tensor x) {
        try (Scope scope = new Scope()) {
            return scope.keep(x.plus(1));
        }
    }
}
