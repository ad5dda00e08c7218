package org.zeuxis.train;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Example;
import org.zeuxis.image.Image;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.train.log.TrainingLog;
import org.zeuxis.train.optimizer.AdamW;
import org.zeuxis.train.optimizer.GlobalNorm;
import org.zeuxis.train.optimizer.LearningRate;
import org.zeuxis.train.recipe.latentdiffusion.AutoencoderObjective;

/** A process that trains a tiny autoencoder on pictures it makes up: {@code FOLDER STEPS}. */
final class TinyRun {
    private TinyRun() {}

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        AutoencoderKl.Config config = new AutoencoderKl.Config(3, 2, List.of(4, 8), 1, 2, 1);
        AutoencoderKl autoencoder = Initialization.seeded(Seed.of(7), () -> new AutoencoderKl(config));
        Trainer.Plan plan = new Trainer.Plan(
                Long.parseLong(arguments[1]),
                2,
                LearningRate.constant(1e-3, 10),
                new AdamW.Config(0.9, 0.99, 1e-8, 0.01),
                new GlobalNorm(1),
                0.99,
                7,
                Duration.ofMillis(100),
                1);
        RunFolder run = new RunFolder(folder, 2);
        try (AutoencoderObjective objective = new AutoencoderObjective(autoencoder, new Batches(TinyRun::picture, 4));
                TrainingLog log = new TrainingLog(folder, Duration.ofMillis(300), Optional::empty)) {
            new Trainer(objective, plan, run, "tiny").resume(log);
        }
        System.exit(0);
    }

    private static Example picture(long position) {
        byte[] samples = new byte[16 * 16 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (Seed.mix(position, i / 48) >>> 20);
        return new Example("made-up-" + position, new Image(16, 16, 3, samples), "");
    }
}
