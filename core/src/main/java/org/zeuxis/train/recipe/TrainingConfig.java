package org.zeuxis.train.recipe;

import java.time.Duration;
import org.zeuxis.config.Config;
import org.zeuxis.train.Trainer;
import org.zeuxis.train.optimizer.Clipping;
import org.zeuxis.train.optimizer.LearningRate;
import org.zeuxis.train.optimizer.Optimizer;

/**
 * How long and how fast a recipe trains: the {@code training} part of its file.
 *
 * @param batch samples of a batch; a contrast is among all of them
 * @param accumulation batches whose gradients are averaged before each step; a contrast does not reach beyond its batch
 * @param end share of the learning rate that is left at the last step; 1 keeps it constant after the warm-up
 * @param checkpointMinutes after so long there is another checkpoint in between, of which only the newest stays
 * @param keep checkpoints that stay
 * @param samplesEvery minutes between two sample pictures
 */
public record TrainingConfig(
        long steps,
        int batch,
        int accumulation,
        double learningRate,
        long warmUp,
        double end,
        Optimizer.Config optimizer,
        Clipping.Config clipping,
        double ema,
        long checkpointEvery,
        double checkpointMinutes,
        int keep,
        long seed,
        double samplesEvery) {

    public TrainingConfig {
        if (steps < 1 || batch < 1 || accumulation < 1 || checkpointEvery < 1 || keep < 1) {
            throw new IllegalArgumentException(
                    "expected steps, batch, accumulation, checkpoint_every and keep of at least" + " 1, got " + steps
                            + ", " + batch + ", " + accumulation + ", " + checkpointEvery + ", " + keep);
        }
        if (!(learningRate > 0 && learningRate < 1)) {
            throw new IllegalArgumentException("expected a learning_rate between 0 and 1, got " + learningRate);
        }
        if (warmUp < 0 || warmUp > steps) {
            throw new IllegalArgumentException("expected warm_up of 0 to " + steps + " steps, got " + warmUp);
        }
        if (!(end >= 0 && end <= 1)) throw new IllegalArgumentException("expected an end of 0 to 1, got " + end);
        if (!(ema >= 0 && ema < 1)) throw new IllegalArgumentException("expected an ema of 0 up to 1, got " + ema);
        if (!(checkpointMinutes > 0)) {
            throw new IllegalArgumentException(
                    "expected checkpoint_minutes of more than 0 minutes, got " + checkpointMinutes);
        }
        if (!(samplesEvery > 0)) {
            throw new IllegalArgumentException("expected samples_every of more than 0 minutes, got " + samplesEvery);
        }
    }

    /** Reads the keys that all recipes share. */
    static TrainingConfig from(Config c) {
        return new TrainingConfig(
                c.wholeNumber("steps"),
                c.integer("batch"),
                c.integer("accumulation", 1),
                c.number("learning_rate"),
                c.wholeNumber("warm_up", 100),
                c.number("end", 0.02),
                OptimizerKeys.read(c),
                ClippingKeys.read(c),
                c.number("ema", 0.999),
                c.wholeNumber("checkpoint_every", 500),
                c.number("checkpoint_minutes", 10),
                c.integer("keep", 3),
                c.wholeNumber("seed", 1),
                c.number("samples_every", 10));
    }

    Trainer.Plan plan() {
        LearningRate rate = end == 1
                ? LearningRate.constant(learningRate, warmUp)
                : LearningRate.cosine(learningRate, warmUp, steps, end);
        Duration after = Duration.ofMillis(Math.max(1, Math.round(checkpointMinutes * 60_000)));
        return new Trainer.Plan(steps, accumulation, rate, optimizer, clipping, ema, checkpointEvery, after, seed);
    }
}
