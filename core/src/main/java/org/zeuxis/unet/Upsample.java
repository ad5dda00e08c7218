package org.zeuxis.unet;

import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.Tensor;

/** Repeats each pixel, then smooths by a convolution. */
public final class Upsample extends Module implements Resampler {
    private final Conv2d conv;

    private Upsample(Conv2d smooth) {
        conv = child("conv", smooth);
    }

    public Upsample(int channels) {
        this(new Conv2d(channels, channels, 3, 1, 1));
    }

    /** As in an autoencoder, along a path without a norm: {@link Conv2d#keepingVariance}. */
    public static Upsample keepingVariance(int channels) {
        return new Upsample(Conv2d.keepingVariance(channels, channels, 3, 1, 1));
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told) {
        return forward(x);
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told, long height, long columns) {
        return conv.forward(x.resizeNearest(height, columns));
    }

    /**
     * @param x [batch, channels, height, columns]
     * @return [batch, channels, 2 · height, 2 · columns]
     */
    public Tensor forward(Tensor x) {
        long height = 2 * x.size(2);
        long columns = 2 * x.size(3);
        if (!Bands.suit(x.size(0), height, columns)) return conv.forward(x.resizeNearest(height, columns));
        Bands.Rows larger = Resampling.UP.of((top, below) -> x.slice(2, top, below));
        return Bands.whole(
                height, columns, (top, below) -> Bands.withNeighbours(larger, conv::forward, top, below, height));
    }
}
