package org.zeuxis.nn;

import org.zeuxis.tensor.Tensor;

/** What follows attention in a block: each token by itself, made wider and narrow again. */
public sealed interface FeedForward extends Parameterized {

    /** [..., width] */
    Tensor forward(Tensor x);

    /**
     * The names of the projections in a published layout.
     *
     * @param gate of those that have one
     */
    record Keys(String gate, String widen, String narrow) {}

    /**
     * As in Attention Is All You Need.
     *
     * @see <a href="https://arxiv.org/abs/1706.03762">Attention Is All You Need</a>, section 3.3
     */
    final class Plain extends Module implements FeedForward {
        private final Linear widen;
        private final Activation activation;
        private final Linear narrow;

        public Plain(Keys keys, Linear widen, Activation activation, Linear narrow) {
            this.widen = child(keys.widen, widen);
            this.activation = activation;
            this.narrow = child(keys.narrow, narrow);
        }

        @Override
        public Tensor forward(Tensor x) {
            return narrow.forward(activation.apply(widen.forward(x)));
        }
    }

    /**
     * One half opens and closes the other.
     *
     * @see <a href="https://arxiv.org/abs/2002.05202">GLU Variants Improve Transformer</a>, equation 6
     */
    final class Gated extends Module implements FeedForward {
        private final Linear gate;
        private final Activation activation;
        private final Linear widen;
        private final Linear narrow;

        public Gated(Keys keys, Linear gate, Activation activation, Linear widen, Linear narrow) {
            this.gate = child(keys.gate, gate);
            this.activation = activation;
            this.widen = child(keys.widen, widen);
            this.narrow = child(keys.narrow, narrow);
        }

        @Override
        public Tensor forward(Tensor x) {
            return narrow.forward(activation.apply(gate.forward(x)).times(widen.forward(x)));
        }
    }
}
