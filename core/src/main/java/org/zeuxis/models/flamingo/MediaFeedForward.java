package org.zeuxis.models.flamingo;

import org.zeuxis.nn.Activation;
import org.zeuxis.nn.FeedForward;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/** A norm and two layers without biases, four times as wide between them. */
final class MediaFeedForward extends Module {
    private static final FeedForward.Keys KEYS = new FeedForward.Keys("", "1", "3");
    private static final int WIDER = 4;

    private final LayerNorm norm;
    private final FeedForward layers;

    MediaFeedForward(int width, Activation activation) {
        norm = child("0", new LayerNorm(width));
        Linear widen = Linear.withoutBias(width, WIDER * width);
        Linear narrow = Linear.withoutBias(WIDER * width, width);
        layers = child("", new FeedForward.Plain(KEYS, widen, activation, narrow));
    }

    /** [batch, n, width] */
    Tensor forward(Tensor x) {
        return layers.forward(norm.forward(x));
    }
}
