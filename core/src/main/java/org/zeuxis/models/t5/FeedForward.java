package org.zeuxis.models.t5;

import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Parameterized;
import org.zeuxis.tensor.Tensor;

/** What follows attention in a block: each token by itself, wider and narrow again. */
sealed interface FeedForward extends Parameterized {

    /** [batch, tokens, width] */
    Tensor forward(Tensor x);

    /** That of the first T5. */
    final class Plain extends Module implements FeedForward {
        private final Linear widen;
        private final Linear narrow;
        private final Activation activation;

        Plain(int width, int innerWidth, Activation activation) {
            this.activation = activation;
            widen = child("wi", first(width, innerWidth));
            narrow = child("wo", first(innerWidth, width));
        }

        @Override
        public Tensor forward(Tensor x) {
            return narrow.forward(activation.apply(widen.forward(x)));
        }
    }

    /**
     * That of version 1.1: one half opens and closes the other.
     *
     * @see <a href="https://arxiv.org/abs/2002.05202">GLU Variants Improve Transformer</a>, equation 6
     */
    final class Gated extends Module implements FeedForward {
        private final Linear gate;
        private final Linear widen;
        private final Linear narrow;
        private final Activation activation;

        Gated(int width, int innerWidth, Activation activation) {
            this.activation = activation;
            gate = child("wi_0", first(width, innerWidth));
            widen = child("wi_1", first(width, innerWidth));
            narrow = child("wo", first(innerWidth, width));
        }

        @Override
        public Tensor forward(Tensor x) {
            return narrow.forward(activation.apply(gate.forward(x)).times(widen.forward(x)));
        }
    }

    private static Linear first(int in, int out) {
        return Linear.withoutBias(in, out, Initialization.normal(1 / Math.sqrt(in)));
    }
}
