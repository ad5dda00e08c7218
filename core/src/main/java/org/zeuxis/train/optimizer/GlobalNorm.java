package org.zeuxis.train.optimizer;

/**
 * Keeps the gradients of all parameters, as one vector, from being longer than a limit.
 *
 * @see <a href="https://arxiv.org/abs/1211.5063">On the difficulty of training recurrent neural networks</a>, section 3.2
 */
public record GlobalNorm(double limit) implements Clipping.Config {
    public GlobalNorm {
        if (!(limit > 0)) throw new IllegalArgumentException("expected a largest norm above 0, got " + limit);
    }

    @Override
    public Clipping over(FlatParameters parameters) {
        return norm -> parameters.clip(norm, limit);
    }
}
