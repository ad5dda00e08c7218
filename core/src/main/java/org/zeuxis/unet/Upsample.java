package org.zeuxis.unet;

import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/** Repeats each pixel, then smooths by a convolution. */
public final class Upsample extends Module {
    private final Conv2d conv;

    public Upsample(int channels) {
        conv = child("conv", new Conv2d(channels, channels, 3, 1, 1));
    }

    /**
     * @param x [batch, channels, height, columns]
     * @return [batch, channels, 2 · height, 2 · columns]
     */
    public Tensor forward(Tensor x) {
        return forward(x, 2 * x.size(2), 2 * x.size(3));
    }

    /** To the size of the skip connection it meets, which is odd where a picture's size is. */
    public Tensor forward(Tensor x, long height, long columns) {
        return conv.forward(x.resizeNearest(height, columns));
    }
}
