package org.zeuxis.train.optimizer;

import java.util.Map;
import org.zeuxis.tensor.AdamWStep;
import org.zeuxis.tensor.Tensor;

/**
 * Adam with decoupled weight decay on matrices and kernels only.
 *
 * @see <a href="https://arxiv.org/abs/1711.05101">Decoupled weight decay</a>
 */
public final class AdamW implements Optimizer {

    /** @param weightDecay of matrices and kernels; gains, biases and other vectors do not decay */
    public record Config(double beta1, double beta2, double epsilon, double weightDecay) implements Optimizer.Config {
        public Config {
            if (beta1 < 0 || beta1 >= 1 || beta2 < 0 || beta2 >= 1) {
                throw new IllegalArgumentException("expected betas in [0, 1), got " + beta1 + " and " + beta2);
            }
        }

        @Override
        public Optimizer over(FlatParameters parameters) {
            return new AdamW(this, parameters);
        }
    }

    private final Config config;
    private final FlatParameters parameters;
    private final Tensor m; // [count]
    private final Tensor v; // [count]

    public AdamW(Config config, FlatParameters parameters) {
        this.config = config;
        this.parameters = parameters;
        long count = parameters.values().count();
        m = Tensor.zeros(count).outliving();
        v = Tensor.zeros(count).outliving();
    }

    @Override
    public void step(long step, double learningRate) {
        apply(step, learningRate, 0, parameters.decaying(), config.weightDecay);
        apply(step, learningRate, parameters.decaying(), parameters.values().count(), 0);
    }

    private void apply(long step, double learningRate, long from, long to, double weightDecay) {
        if (from == to) return;
        AdamWStep.apply(
                parameters.values().slice(0, from, to),
                parameters.gradients().slice(0, from, to),
                m.slice(0, from, to),
                v.slice(0, from, to),
                step + 1,
                learningRate,
                config.beta1,
                config.beta2,
                weightDecay,
                config.epsilon);
    }

    /** The running means of the gradients, m, and of their squares, v. */
    @Override
    public Map<String, Map<String, Tensor>> state() {
        return Map.of("m", parameters.named(m), "v", parameters.named(v));
    }
}
