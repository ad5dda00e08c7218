package org.zeuxis.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.tensor.Autocast;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Makes the loss of an objective small, step by step, and can be killed at any of them. */
public final class Trainer {

    /**
     * How long and how to train.
     *
     * @param accumulation batches whose gradients are averaged before each step
     * @param clip largest norm of the gradients
     * @param emaDecay of the average that is saved as the result
     * @param checkpointEvery steps between complete checkpoints
     */
    public record Plan(
            long steps,
            int accumulation,
            LearningRate learningRate,
            AdamW.Config optimizer,
            double clip,
            double emaDecay,
            long checkpointEvery,
            long seed) {
        public Plan {
            if (steps < 1 || accumulation < 1 || checkpointEvery < 1) {
                throw new IllegalArgumentException("expected at least 1 step, 1 batch per step and 1 step between"
                        + " checkpoints, got " + steps + ", " + accumulation + ", " + checkpointEvery);
            }
        }
    }

    /** What is known after a step. */
    public record Report(
            long step, long steps, double loss, double gradientNorm, double learningRate, double samplesPerSecond) {}

    /** Told of each step and each checkpoint. */
    public interface Observer {
        void stepped(Report report) throws IOException;

        /** @param average the averaged parameters by checkpoint key */
        default void saved(long step, Map<String, Tensor> average) throws IOException {}
    }

    private final Objective objective;
    private final Plan plan;
    private final FlatParameters parameters;
    private final AdamW optimizer;
    private final Ema ema;
    private final RunFolder folder;
    private final LossGuard guard = new LossGuard();
    private long detours;

    public Trainer(Objective objective, Plan plan, RunFolder folder) {
        this.objective = objective;
        this.plan = plan;
        this.folder = folder;
        parameters = new FlatParameters(objective.parameters());
        optimizer = new AdamW(plan.optimizer, parameters);
        ema = new Ema(plan.emaDecay, parameters);
    }

    /** Trains from the newest checkpoint of the run folder, or from the start, to the last step. */
    public void run(Observer observer) throws IOException {
        long step = restore();
        long from = step;
        long begun = System.nanoTime();
        while (step < plan.steps) {
            double loss = 0;
            double norm;
            double rate = plan.learningRate.at(step);
            try (Scope scope = new Scope()) {
                for (int i = 0; i < plan.accumulation; i++) {
                    long batch = step * plan.accumulation + i;
                    Tensor each;
                    try (Autocast cast = Autocast.bfloat16()) {
                        each = objective.loss(batch + (detours << 40), Seed.of(plan.seed + detours, batch));
                    }
                    Tensor share = plan.accumulation == 1 ? each : each.over(plan.accumulation);
                    share.backward();
                    loss += share.item();
                }
                norm = parameters.gradientNorm();
                if (guard.breaks(loss, norm)) {
                    detours++;
                    parameters.clearGradients();
                    step = restore();
                    guard.forget();
                    continue;
                }
                parameters.clip(norm, plan.clip);
                optimizer.step(step, rate);
                objective.moved();
                parameters.clearGradients();
                ema.follow(parameters, step);
            }
            step++;
            double seconds = (System.nanoTime() - begun) / 1e9;
            double done = (double) (step - from) * plan.accumulation * objective.batchSize();
            observer.stepped(new Report(step, plan.steps, loss, norm, rate, done / seconds));
            if (step % plan.checkpointEvery == 0 || step == plan.steps) {
                save(step);
                try (Scope scope = new Scope()) {
                    observer.saved(step, parameters.named(ema.average()));
                }
            }
        }
    }

    private long restore() throws IOException {
        var found = folder.newest();
        if (found.isEmpty()) return 0;
        try (Scope scope = new Scope();
                TrainingCheckpoint state = found.get()) {
            state.restore("values", parameters.values());
            state.restore("average", ema.average());
            state.restore("m", optimizer.m());
            state.restore("v", optimizer.v());
            detours = Math.max(detours, state.detours());
            return state.step();
        }
    }

    private void save(long step) throws IOException {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put("values", parameters.values());
        tensors.put("average", ema.average());
        tensors.put("m", optimizer.m());
        tensors.put("v", optimizer.v());
        folder.save(step, detours, tensors);
    }
}
