package org.zeuxis.models.flamingo;

import org.zeuxis.nn.Activation;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Norm;
import org.zeuxis.tensor.Tensor;

/** A norm and layers without biases. */
final class MediaFeedForward extends Module {
    private static final FeedForward.Keys KEYS = new FeedForward.Keys("gate", "1", "3");
    private static final int WIDER = 4;

    private final Norm norm;
    private final FeedForward layers;

    /** Two layers, four times as wide between them. */
    MediaFeedForward(int width, Activation activation) {
        this(
                new LayerNorm(width),
                new FeedForward.Plain(
                        KEYS,
                        Linear.withoutBias(width, WIDER * width),
                        activation,
                        Linear.withoutBias(WIDER * width, width)));
    }

    private MediaFeedForward(Norm norm, FeedForward layers) {
        this.norm = child("0", norm);
        this.layers = child("", layers);
    }

    /** One half opens and closes the other. */
    static MediaFeedForward gated(Norm norm, int width, int innerWidth, Activation activation) {
        return new MediaFeedForward(
                norm,
                new FeedForward.Gated(
                        KEYS,
                        Linear.withoutBias(width, innerWidth),
                        activation,
                        Linear.withoutBias(width, innerWidth),
                        Linear.withoutBias(innerWidth, width)));
    }

    /** [batch, n, width] */
    Tensor forward(Tensor x) {
        return layers.forward(norm.forward(x));
    }
}
