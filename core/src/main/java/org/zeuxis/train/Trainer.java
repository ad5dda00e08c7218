package org.zeuxis.train;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.optimizer.Clipping;
import org.zeuxis.train.optimizer.Ema;
import org.zeuxis.train.optimizer.FlatParameters;
import org.zeuxis.train.optimizer.LearningRate;
import org.zeuxis.train.optimizer.Optimizer;

/**
 * Makes the loss of an objective small, step by step. It can be killed at any moment, and resumes bit for bit.
 *
 * <p>A step that breaks is not taken: training goes back to the last checkpoint and on with other data.
 */
public final class Trainer {
    private static final String WEIGHTS = "weights";
    private static final String AVERAGE = "ema";
    private static final String GUARD = "guard";
    /** Rollbacks to one checkpoint before training is given up. */
    private static final int PATIENCE = 8;

    /**
     * How long and how to train.
     *
     * @param accumulation batches whose gradients are averaged before each step
     * @param clipping what keeps gradients from being too large
     * @param emaDecay of the average that is saved as the result
     * @param checkpointEvery steps between complete checkpoints; to these training goes back when a step breaks
     * @param checkpointAfter time after which there is another checkpoint in between, to go on from if the run is killed; it
     *     changes nothing of the result
     */
    public record Plan(
            long steps,
            int accumulation,
            LearningRate learningRate,
            Optimizer.Config optimizer,
            Clipping.Config clipping,
            double emaDecay,
            long checkpointEvery,
            Duration checkpointAfter,
            long seed) {
        public Plan {
            if (steps < 1 || accumulation < 1 || checkpointEvery < 1) {
                throw new IllegalArgumentException("expected at least 1 step, 1 batch per step and 1 step between"
                        + " checkpoints, got " + steps + ", " + accumulation + ", " + checkpointEvery);
            }
            if (checkpointAfter.isNegative() || checkpointAfter.isZero()) {
                throw new IllegalArgumentException("expected some time between checkpoints, got " + checkpointAfter);
            }
        }
    }

    private final Objective objective;
    private final Plan plan;
    private final FlatParameters parameters;
    private final Clipping clipping;
    private final Optimizer optimizer;
    private final Ema ema;
    private final RunFolder folder;
    private final String recipe;
    private final LossGuard guard = new LossGuard();
    private final Pace pace = new Pace();
    private long detours;
    private int brokenSinceSave;
    private long savedAt;

    /** @param recipe says in a word all that the result depends on, such as a hash; a run goes on with its own only */
    public Trainer(Objective objective, Plan plan, RunFolder folder, String recipe) {
        this.objective = objective;
        this.plan = plan;
        this.folder = folder;
        this.recipe = recipe;
        parameters = new FlatParameters(objective.parameters());
        clipping = plan.clipping.over(parameters);
        optimizer = plan.optimizer.over(parameters);
        ema = new Ema(plan.emaDecay, parameters);
    }

    /**
     * Trains from the start to the last step, or until the observer wants to stop.
     *
     * @throws IOException if there is something in the run's folder already
     */
    public void run(Observer observer) throws IOException {
        requireNew(folder);
        train(observer);
    }

    /**
     * Goes on from the newest checkpoint that is whole, or starts if the run was killed before its first. A run that was
     * finished goes on too, if the plan has more steps now.
     *
     * @throws IOException if the run was begun with another recipe, or none of its checkpoints can be read
     */
    public void resume(Observer observer) throws IOException {
        train(observer);
    }

    /** @throws IOException if there is something in the folder already */
    public static void requireNew(RunFolder folder) throws IOException {
        if (folder.isEmpty()) return;
        throw new IOException(folder.path() + ": expected an empty folder for a new run, got one that holds files;"
                + " resume that run or choose another folder");
    }

    /** @throws IOException if a run was begun with another recipe */
    public static void requireSame(String origin, String recipe, String begunWith) throws IOException {
        if (begunWith.equals(recipe)) return;
        throw new IOException(origin + ": expected a run of this recipe (" + recipe + "), got one of another ("
                + begunWith + "); resume with the recipe it began with, or train into an empty folder");
    }

    private void train(Observer observer) throws IOException {
        TrainingState begin = begin(observer);
        long planned = Long.parseLong(begin.notes().getOrDefault("steps", Long.toString(plan.steps)));
        if (plan.steps < planned) {
            throw new IOException(folder.path() + ": expected at least the " + planned + " steps of this run, got "
                    + plan.steps + "; raise steps, or train into an empty folder");
        }
        long step = restore(begin);
        if (plan.steps > planned && step > 0) {
            observer.told("goes on from step " + step + " to " + plan.steps + " instead of " + planned
                    + " steps; the learning rate is now that of the longer run");
        }
        observer.goesOnFrom(step);
        savedAt = System.nanoTime();
        if (step >= plan.steps) exported(step, observer);
        while (step < plan.steps) {
            pace.begin();
            double rate = plan.learningRate.at(step);
            double loss;
            double norm;
            boolean broken;
            try (Scope scope = new Scope()) {
                loss = gradients(step);
                norm = parameters.gradientNorm();
                broken = guard.breaks(loss, norm);
                if (!broken) {
                    clipping.clip(norm);
                    optimizer.step(step, rate);
                    objective.moved();
                    ema.follow(parameters, step);
                }
                parameters.clearGradients();
            }
            pace.end();
            double speed = pace.stepsPerSecond() * plan.accumulation * objective.batchSize();
            Report report = new Report(step + 1, plan.steps, loss, norm, rate, speed);
            if (broken) {
                step = rollBack(report, observer);
                continue;
            }
            step++;
            observer.stepped(report);
            if (observer.wantsAverage(report)) parameters.lend(ema.average(), () -> observer.averaged(report));
            boolean stop = observer.wantsToStop();
            boolean regular = step % plan.checkpointEvery == 0;
            boolean late = System.nanoTime() - savedAt >= plan.checkpointAfter.toNanos();
            if (regular || late || step == plan.steps || stop) {
                save(step);
                if (regular) brokenSinceSave = 0;
                exported(step, observer);
            }
            if (stop) return;
        }
    }

    /** What the run goes on from, after its first checkpoint if it has none. */
    private TrainingState begin(Observer observer) throws IOException {
        RunFolder.Found found = folder.find();
        List<String> passedOver = found.leftovers();
        List<Path> states = folder.states();
        if (found.newest().isEmpty() && !states.isEmpty()) {
            throw new IOException(folder.path() + ": expected a state to go on from, but none of " + states.size()
                    + " can be read: " + passedOver.get(passedOver.size() - 1)
                    + "; put a copy of one back, or train into another folder");
        }
        for (String each : passedOver) observer.told(each);
        if (found.newest().isEmpty()) save(0);
        else if (!passedOver.isEmpty())
            observer.told("goes on from step " + found.newest().get().step());
        return whole(folder.find());
    }

    private void exported(long step, Observer observer) throws IOException {
        parameters.lend(ema.average(), () -> observer.saved(step));
        savedAt = System.nanoTime();
    }

    /** Fills the gradients with their mean over the batches of a step, and gives the mean of the losses. */
    private double gradients(long step) {
        double loss = 0;
        for (int i = 0; i < plan.accumulation; i++) {
            long batch = Math.addExact(step * plan.accumulation + i, detours << 40);
            try (Scope scope = new Scope()) {
                loss += objective.backward(batch, Seed.of(plan.seed, batch), 1.0 / plan.accumulation);
            }
        }
        return loss;
    }

    private long rollBack(Report broken, Observer observer) throws IOException {
        if (++brokenSinceSave > PATIENCE) {
            throw new IOException(
                    folder.path() + ": expected training to get past step " + broken.step() + ", but after "
                            + PATIENCE + " rollbacks with other data the loss is still " + broken.loss()
                            + " and the gradient's norm " + broken.gradientNorm() + "; lower the learning rate");
        }
        long before = detours;
        long step = restore(whole(folder.findEvery(plan.checkpointEvery)));
        detours = before + 1;
        observer.rolledBack(broken, step);
        observer.goesOnFrom(step);
        return step;
    }

    private TrainingState whole(RunFolder.Found found) throws IOException {
        return found.newest()
                .orElseThrow(() -> new IOException(folder.path() + ": expected the checkpoint that was just written,"
                        + " got none; is another process using this folder?"));
    }

    private long restore(TrainingState state) throws IOException {
        String origin = folder.path() + ", step " + state.step();
        requireSame(origin, recipe, state.notes().getOrDefault("recipe", "none"));
        try (Scope scope = new Scope()) {
            for (Map.Entry<String, Map<String, Tensor>> group : memory().entrySet()) {
                String name = group.getKey();
                FlatParameters.copy(state.tensors(name), group.getValue(), origin + ", " + name);
            }
            Tensor memory = state.tensors(GUARD).get("losses");
            if (memory != null) guard.restore(state.wholeNumber("guard.seen"), memory);
        }
        detours = state.wholeNumber("detours");
        return state.step();
    }

    /** All tensors that a further step depends on, by group; copies go into and out of checkpoints. */
    private Map<String, Map<String, Tensor>> memory() {
        Map<String, Map<String, Tensor>> all = new LinkedHashMap<>();
        all.put(WEIGHTS, parameters.named(parameters.values()));
        all.put(AVERAGE, parameters.named(ema.average()));
        new TreeMap<>(optimizer.state()).forEach((group, tensors) -> {
            if (!tensors.isEmpty()) all.put(group, tensors);
        });
        return all;
    }

    private void save(long step) throws IOException {
        try (Scope scope = new Scope()) {
            folder.save(
                    new TrainingState(step, memory(), Map.of())
                            .with(GUARD, Map.of("losses", guard.memory()))
                            .noting("detours", detours)
                            .noting("guard.seen", guard.seen())
                            .noting("seed", plan.seed)
                            .noting("steps", plan.steps)
                            .noting("recipe", recipe),
                    plan.checkpointEvery);
        }
    }
}
