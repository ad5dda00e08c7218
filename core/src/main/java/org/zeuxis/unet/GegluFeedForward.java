package org.zeuxis.unet;

import java.util.List;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Widens fourfold, lets one half gate the other, narrows again.
 *
 * @see <a href="https://arxiv.org/abs/2002.05202">GLU Variants Improve Transformer</a>
 */
public final class GegluFeedForward extends Module {
    private final Linear widen;
    private final Linear narrow;

    public GegluFeedForward(int width) {
        widen = child("net.0.proj", new Linear(width, 2 * 4 * width));
        narrow = child("net.2", new Linear(4 * width, width));
    }

    /** @param x [batch, tokens, width] */
    public Tensor forward(Tensor x) {
        List<Tensor> halves = widen.forward(x).chunk(2, -1);
        return narrow.forward(halves.get(0).times(halves.get(1).gelu()));
    }
}
