package org.zeuxis.app.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.option.DeviceOption;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.terminal.LeftOut;
import org.zeuxis.app.terminal.ProgressLine;
import org.zeuxis.app.terminal.StepBar;
import org.zeuxis.data.Problem;
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
@Command(name = "train", description = "Train a model by a recipe.", mixinStandardHelpOptions = true)
public final class TrainCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "CONFIG", description = "A recipe, such as configs/pictograms/clip.json.")
    private Path config = Path.of("");

    @Option(names = "--resume", description = "Resume the run in its folder, bit for bit.")
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
        Story story;
        try (Interruption interruption = new Interruption()) {
            story = train(training, recipe, interruption);
            if (interruption.wanted()) {
                PrintWriter err = spec.commandLine().getErr();
                err.printf("zeuxis train: stopped after step %d, which is saved; --resume goes on%n", story.step);
                err.flush();
                return ExitCode.SOFTWARE;
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        if (story.trained) {
            out.printf(Locale.ROOT, "%s  step %d  loss %.4f%n", training.model(), story.step, story.loss);
        } else {
            out.printf(
                    "%s  finished before, at step %d; to go on, raise steps in %s%n",
                    training.model(), story.step, config);
        }
        out.flush();
        return ExitCode.OK;
    }

    private Story train(TrainingRun training, RecipeFile recipe, Interruption interruption) throws IOException {
        try (ProgressLine bar =
                StepBar.terminal() ? ProgressLine.of("train", recipe.training().steps()) : null) {
            Story story =
                    new Story(recipe, interruption, bar, spec.commandLine().getErr());
            training.run(resume, story, story::encoded);
            story.sumUp();
            return story;
        }
    }

    /** Says what an operator must know, shows how far it is, and ends training at a checkpoint when the process is asked to. */
    private static final class Story implements Observer {
        private static final long MINUTE = 60_000_000_000L;

        private final RecipeFile recipe;
        private final Interruption interruption;
        private final @Nullable ProgressLine bar;
        private final PrintWriter err;
        private long lastLine = System.nanoTime();
        private final List<String> leftOut = new ArrayList<>();
        private long step;
        private double loss;
        private boolean trained;

        Story(RecipeFile recipe, Interruption interruption, @Nullable ProgressLine bar, PrintWriter err) {
            this.recipe = recipe;
            this.interruption = interruption;
            this.bar = bar;
            this.err = err;
        }

        void encoded(long pictures) {
            if (interruption.wanted()) {
                throw new CancellationException(
                        "stopped while pictures were encoded, before the first step; start again");
            }
            show(0, pictures + " pictures encoded");
        }

        @Override
        public void goesOnFrom(long from) {
            step = from;
            if (bar != null) bar.to(from);
        }

        @Override
        public void stepped(Report r) {
            step = r.step();
            loss = r.loss();
            trained = true;
            double left =
                    r.secondsLeft(recipe.training().batch() * recipe.training().accumulation());
            show(
                    step,
                    String.format(
                            Locale.ROOT,
                            "%s left, loss %.4f, %.1f/s",
                            ProgressLine.time(left),
                            r.loss(),
                            r.samplesPerSecond()));
        }

        /** The line of a terminal, or elsewhere a line a minute. */
        private void show(long done, String note) {
            if (bar != null) {
                bar.note(note);
                bar.to(done);
            } else if (System.nanoTime() - lastLine >= MINUTE) {
                lastLine = System.nanoTime();
                say("step " + done + " of " + recipe.training().steps() + ", " + note);
            }
        }

        private void say(String sentence) {
            if (bar != null) bar.erase();
            err.println("zeuxis train: " + sentence);
            err.flush();
        }

        @Override
        public boolean wantsToStop() {
            return interruption.wanted();
        }

        @Override
        public void told(String sentence) {
            say(sentence);
        }

        @Override
        public void leftOut(List<Problem> problems) {
            Problem.counted(problems).forEach(line -> say("left out of the data: " + line));
            problems.forEach(each -> leftOut.add(each.key()));
        }

        /** What was left out in many lines, of which the first are long gone. */
        void sumUp() {
            if (leftOut.size() > 1) say(LeftOut.line("", "left out of the data", leftOut));
        }

        @Override
        public void rolledBack(Report broken, long back) {
            say(String.format(
                    Locale.ROOT,
                    "step %d broke (loss %.4g, gradient norm %.4g); on from step %d with other data",
                    broken.step(),
                    broken.loss(),
                    broken.gradientNorm(),
                    back));
        }
    }
}
