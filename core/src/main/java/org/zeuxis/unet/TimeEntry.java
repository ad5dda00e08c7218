package org.zeuxis.unet;

import java.util.List;
import org.zeuxis.tensor.Tensor;

/** How the time enters a residual block, between its two convolutions. */
public enum TimeEntry {
    /**
     * It is added to every pixel.
     *
     * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, appendix B
     */
    ADDED(1) {
        @Override
        Tensor beforeNorm(Tensor h, Tensor time) {
            return h.plus(time);
        }

        @Override
        Tensor afterNorm(Tensor h, Tensor time) {
            return h;
        }
    },
    /**
     * It scales and shifts what the norm gives.
     *
     * @see <a href="https://arxiv.org/abs/2105.05233">ADM</a>, section 3.1: adaptive group normalization
     */
    SCALE_AND_SHIFT(2) {
        @Override
        Tensor beforeNorm(Tensor h, Tensor time) {
            return h;
        }

        @Override
        Tensor afterNorm(Tensor h, Tensor time) {
            List<Tensor> halves = time.chunk(2, 1);
            return h.timesPlus(halves.get(0).plus(1), halves.get(1));
        }
    };

    /** How many numbers each channel is told. */
    final int perChannel;

    TimeEntry(int perChannel) {
        this.perChannel = perChannel;
    }

    /** @param time [batch, channels · perChannel, 1, 1] */
    abstract Tensor beforeNorm(Tensor h, Tensor time);

    /** @param h what the norm gave */
    abstract Tensor afterNorm(Tensor h, Tensor time);
}
