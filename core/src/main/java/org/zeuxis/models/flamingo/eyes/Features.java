package org.zeuxis.models.flamingo.eyes;

import org.zeuxis.tensor.Tensor;

/** Which states of a vision transformer stand for what it has seen. */
public enum Features {
    /** Those of the patches. */
    PATCHES {
        @Override
        Tensor of(Tensor states) {
            return states.slice(1, 1, states.size(1));
        }
    },
    /** That of the class token too. */
    ALL {
        @Override
        Tensor of(Tensor states) {
            return states;
        }
    };

    /** @param states the class token, then every patch, [batch, 1 + patches, width] */
    abstract Tensor of(Tensor states);
}
