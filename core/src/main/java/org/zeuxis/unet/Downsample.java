package org.zeuxis.unet;

import org.zeuxis.nn.Conv2d;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Bands;
import org.zeuxis.tensor.Tensor;

/** Halves height and columns by a convolution of stride 2. */
public final class Downsample extends Module implements Resampler {
    private final Conv2d conv;
    private final boolean padsAfter;

    private Downsample(Conv2d halving, boolean padsAfter) {
        this.padsAfter = padsAfter;
        conv = child("conv", halving);
    }

    /** Padded on all sides, as in a U-Net. */
    public static Downsample centred(int channels) {
        return new Downsample(new Conv2d(channels, channels, 3, 2, 1), false);
    }

    /** Padded below and to the right only, as in the autoencoder of latent diffusion. */
    public static Downsample cornered(int channels) {
        return new Downsample(Conv2d.keepingVariance(channels, channels, 3, 2, 0), true);
    }

    @Override
    public Tensor forward(Tensor x, Conditioning told) {
        return forward(x);
    }

    /**
     * @param x [batch, channels, height, columns]
     * @return [batch, channels, height / 2, columns / 2]
     */
    public Tensor forward(Tensor x) {
        if (!padsAfter) return conv.forward(x);
        if (!Bands.suit(x.size(0), x.size(2), x.size(3))) return conv.forward(x.pad(0, 1, 0, 1));
        return Bands.whole(x.size(2) / 2, x.size(3) / 2, (top, below) -> {
            long needed = 2 * below + 1;
            long there = Math.min(needed, x.size(2));
            return conv.forward(x.slice(2, 2 * top, there).pad(0, 1, 0, (int) (needed - there)));
        });
    }
}
