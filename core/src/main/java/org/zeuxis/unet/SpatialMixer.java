package org.zeuxis.unet;

import org.zeuxis.nn.Parameterized;
import org.zeuxis.tensor.Tensor;

/** What follows a residual block: lets the pixels of a feature map learn of one another, and of the tokens. */
@FunctionalInterface
public interface SpatialMixer extends Parameterized {
    /** Nothing does. */
    SpatialMixer NONE = (x, told) -> x;

    /**
     * @param x [batch, channels, height, columns]
     * @return [batch, channels, height, columns]
     */
    Tensor forward(Tensor x, Conditioning told);
}
