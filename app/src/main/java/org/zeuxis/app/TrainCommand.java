package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.zeuxis.train.Observer;
import org.zeuxis.train.Report;
import org.zeuxis.train.recipe.RecipeFile;
import org.zeuxis.train.recipe.TrainingRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis train}: trains what a recipe says. */
@Command(name = "train", description = "Train what a recipe says.", mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "CONFIG", description = "A recipe, such as configs/pictograms/clip.json.")
    private Path config = Path.of("");

    @Option(names = "--resume", description = "Go on with the run in its folder, to the bit as if it had not stopped.")
    private boolean resume;

    @Option(names = "--run", paramLabel = "DIR", description = "Folder of the run (default: the one the recipe names).")
    private @Nullable Path run;

    @Mixin
    private DeviceOption device = new DeviceOption();

    @Override
    public Integer call() throws IOException {
        device.use();
        RecipeFile recipe = RecipeFile.read(config);
        TrainingRun training = new TrainingRun(recipe, run == null ? recipe.run() : run);
        PrintWriter err = spec.commandLine().getErr();
        Story story = new Story(err);
        try (Interruption interruption = new Interruption()) {
            train(training, recipe, Observer.all(List.of(story, new Stop(interruption))));
            if (interruption.wanted()) {
                err.printf("zeuxis train: stopped after step %d; --resume goes on%n", story.steps);
                err.flush();
                return ExitCode.SOFTWARE;
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%s  step %d  loss %.4f%n", training.model(), story.steps, story.loss);
        out.flush();
        return ExitCode.OK;
    }

    private void train(TrainingRun training, RecipeFile recipe, Observer observer) throws IOException {
        if (!StepBar.terminal()) {
            training.run(resume, observer, count -> {});
            return;
        }
        try (ProgressLine bar =
                ProgressLine.of(recipe.kind(), recipe.schooling().steps())) {
            LongConsumer encoded = count -> bar.note(count + " pictures encoded");
            training.run(resume, Observer.all(List.of(observer, new Bar(bar, recipe))), encoded);
        }
    }

    /** Lets training end at a checkpoint when the process is asked to. */
    private record Stop(Interruption interruption) implements Observer {
        @Override
        public boolean wantsToStop() {
            return interruption.wanted();
        }
    }

    /** Says what an operator must know, and keeps the end. */
    private static final class Story implements Observer {
        private final PrintWriter err;
        private long steps;
        private double loss;

        Story(PrintWriter err) {
            this.err = err;
        }

        @Override
        public void stepped(Report report) {
            steps = report.step();
            loss = report.loss();
        }

        @Override
        public void rolledBack(Report broken, long step) {
            err.printf(
                    Locale.ROOT,
                    "zeuxis train: step %d broke (loss %.4g, gradient norm %.4g); on from step %d with other data%n",
                    broken.step(),
                    broken.loss(),
                    broken.gradientNorm(),
                    step);
            err.flush();
        }
    }

    /** The progress bar of a terminal. */
    private record Bar(ProgressLine bar, RecipeFile recipe) implements Observer {
        @Override
        public void goesOnFrom(long step) {
            bar.to(step);
        }

        @Override
        public void stepped(Report r) {
            long left = Math.round(r.secondsLeft(
                    recipe.schooling().batch() * recipe.schooling().accumulation()));
            bar.note(String.format(
                    Locale.ROOT,
                    "loss %.4f, %.1f/s, %d:%02d:%02d left",
                    r.loss(),
                    r.samplesPerSecond(),
                    left / 3600,
                    left / 60 % 60,
                    left % 60));
            bar.to(r.step());
        }
    }
}
