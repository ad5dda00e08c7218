package org.zeuxis.models.lm;

import java.util.function.UnaryOperator;
import org.zeuxis.tensor.Tensor;

/** How the two halves of a block add to what goes through it. */
public enum Residual {
    /** The feed-forward reads what attention has added to. */
    IN_TURN {
        @Override
        Tensor add(Tensor x, UnaryOperator<Tensor> attention, UnaryOperator<Tensor> feedForward) {
            Tensor attended = x.plus(attention.apply(x));
            return attended.plus(feedForward.apply(attended));
        }
    },
    /**
     * Both read the same.
     *
     * @see <a href="https://arxiv.org/abs/2204.06745">GPT-NeoX</a>, section 2.1
     */
    TOGETHER {
        @Override
        Tensor add(Tensor x, UnaryOperator<Tensor> attention, UnaryOperator<Tensor> feedForward) {
            return feedForward.apply(x).plus(attention.apply(x)).plus(x);
        }
    };

    /** [batch, tokens, width], with what both halves add, each after a norm of its own. */
    abstract Tensor add(Tensor x, UnaryOperator<Tensor> attention, UnaryOperator<Tensor> feedForward);
}
