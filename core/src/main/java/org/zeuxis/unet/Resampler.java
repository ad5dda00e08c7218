package org.zeuxis.unet;

import org.zeuxis.nn.Parameterized;
import org.zeuxis.tensor.Tensor;

/** What leads from one stage to the next: halves height and columns, or doubles them. */
public interface Resampler extends Parameterized {
    /** @param x [batch, channels, height, columns] */
    Tensor forward(Tensor x, Conditioning told);

    /** On the way up: to the size of the skip connection it meets, which is odd where a picture's size is. */
    default Tensor forward(Tensor x, Conditioning told, long height, long columns) {
        return forward(x, told);
    }
}
