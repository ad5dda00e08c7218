package org.zeuxis.train.recipe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.data.Problem;
import org.zeuxis.train.Observer;
import org.zeuxis.train.RunFolder;
import org.zeuxis.train.Trainer;
import org.zeuxis.train.log.TrainingLog;

/**
 * A recipe at work in a folder: checkpoints, {@code metrics.csv}, TensorBoard's {@code events}, {@code samples}, and in
 * {@code model} what can be used, renewed at each checkpoint.
 */
public final class TrainingRun {
    private static final String BEGUN_WITH = "recipe.json";

    private final RecipeFile file;
    private final Path folder;

    public TrainingRun(RecipeFile file, Path folder) {
        this.file = file;
        this.folder = folder;
    }

    /** Where the model is, once a checkpoint has been written. */
    public Path model() {
        return folder.resolve("model");
    }

    /**
     * Trains to the last step.
     *
     * @param resume go on with what is in the folder, which must otherwise be empty
     * @param encoded is told how many pictures are encoded so far, where that is done first; it may end it by throwing
     * @throws IOException if the folder holds something else, or data or models cannot be read
     */
    public void run(boolean resume, Observer observer, LongConsumer encoded) throws IOException {
        RunFolder checkpoints = new RunFolder(folder, file.training().keep());
        check(checkpoints, resume);
        ModelInTraining model = prepare(resume, encoded);
        Set<Problem> told = new HashSet<>();
        observer.leftOut(news(model, told));
        Observer export = new Observer() {
            @Override
            public void saved(long step) throws IOException {
                observer.leftOut(news(model, told));
                model.export().to(model());
            }
        };
        Duration every = Duration.ofMillis(Math.round(file.training().samplesEvery() * 60_000));
        try (var objective = model.objective();
                TrainingLog log = new TrainingLog(folder, every, model.samples()::drawn)) {
            new Trainer(objective, file.training().plan(), checkpoints, file.hash())
                    .resume(Observer.all(List.of(log, export, observer)));
        }
    }

    private static List<Problem> news(ModelInTraining model, Set<Problem> told) {
        return model.examples().problems().stream().filter(told::add).toList();
    }

    private ModelInTraining prepare(boolean resume, LongConsumer encoded) throws IOException {
        try {
            return file.preparation().begin(folder, encoded);
        } catch (IOException | RuntimeException e) {
            if (!resume) withdraw();
            throw e;
        }
    }

    /** Leaves no folder of a run that could not begin. */
    private void withdraw() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            if (files.count() > 1) return;
        }
        Files.deleteIfExists(folder.resolve(BEGUN_WITH));
        Files.deleteIfExists(folder);
    }

    /** Refuses a folder of something else before anything is read or written. */
    private void check(RunFolder checkpoints, boolean resume) throws IOException {
        Path begun = folder.resolve(BEGUN_WITH);
        if (!resume) {
            Trainer.requireNew(checkpoints);
            new ConfigWriter().put("recipe", file.hash()).write(begun);
        } else if (!Files.isDirectory(folder)) {
            throw new IOException(folder + ": expected the folder of a run to resume, got "
                    + (Files.exists(folder) ? "a file" : "nothing") + "; start it without resuming");
        } else if (ModelFolder.open(folder).has(BEGUN_WITH)) {
            Trainer.requireSame(
                    folder.toString(), file.hash(), Config.read(begun).text("recipe"));
        } else {
            throw new IOException(folder + ": expected the folder of a run to resume, got one without " + BEGUN_WITH
                    + "; start it without resuming");
        }
    }
}
