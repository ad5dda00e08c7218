package org.zeuxis.train;

import java.time.Duration;
import java.util.Map;
import java.util.function.LongToDoubleFunction;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.optimizer.AdamW;
import org.zeuxis.train.optimizer.GlobalNorm;
import org.zeuxis.train.optimizer.LearningRate;

/** Makes 16 numbers small; the loss of each step can be scaled. */
final class Toy implements Objective {
    final Tensor x = Tensor.linspace(1, 2, 16).outliving();
    private final LongToDoubleFunction scale;

    Toy(LongToDoubleFunction scale) {
        this.scale = scale;
    }

    static Trainer.Plan plan(long steps, long checkpointEvery) {
        return plan(steps, checkpointEvery, Duration.ofDays(1));
    }

    static Trainer.Plan plan(long steps, long checkpointEvery, Duration checkpointAfter) {
        return new Trainer.Plan(
                steps,
                1,
                LearningRate.constant(1e-4, 1),
                new AdamW.Config(0.9, 0.999, 1e-8, 0),
                new GlobalNorm(1),
                0.9,
                checkpointEvery,
                checkpointAfter,
                1);
    }

    @Override
    public Map<String, Tensor> parameters() {
        return Map.of("x", x);
    }

    @Override
    public int batchSize() {
        return 1;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        return x.plus(seed.randn(16).times(0.01)).square().mean().times(scale.applyAsDouble(step));
    }
}
