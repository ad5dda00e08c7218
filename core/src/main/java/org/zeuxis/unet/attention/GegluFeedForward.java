package org.zeuxis.unet.attention;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Packing;
import org.zeuxis.tensor.Tensor;

/**
 * Widens fourfold, lets one half gate the other, narrows again.
 *
 * @see <a href="https://arxiv.org/abs/2002.05202">GLU Variants Improve Transformer</a>
 */
public final class GegluFeedForward extends Module {
    private final Tensor weight; // [8 · width, width]
    private final Tensor bias; // [8 · width]
    private final Linear narrow;

    public GegluFeedForward(int width) {
        weight = parameter("net.0.proj.weight", Initialization.fanIn(width), 2 * 4 * width, width);
        bias = parameter("net.0.proj.bias", Initialization.fanIn(width), 2 * 4 * width);
        narrow = child("net.2", new Linear(4 * width, width));
    }

    @Override
    protected void packOwn(Packing packing) {
        weight.packForLinear(2);
    }

    /** @param x [batch, tokens, width] */
    public Tensor forward(Tensor x) {
        return narrow.forward(x.geglu(weight, bias));
    }
}
