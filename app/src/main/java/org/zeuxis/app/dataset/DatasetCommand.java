package org.zeuxis.app.dataset;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.dataset.pictogram.IconDataset;
import org.zeuxis.app.dataset.pictogram.PictogramDataset;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.terminal.ProgressLine;
import org.zeuxis.app.terminal.StepBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis dataset}: makes datasets. */
@Command(name = "dataset", description = "Build a dataset.", mixinStandardHelpOptions = true)
public final class DatasetCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Made by picocli. */
    public DatasetCommand() {
        spec = CommandSpec.create();
    }

    /** Where drawings come from and go to, and how large they get. */
    static final class Drawings {
        @Parameters(paramLabel = "DIR", description = "Folder for the dataset, created if missing.")
        private Path folder = Path.of("");

        @Option(
                names = "--from",
                paramLabel = "NODE_MODULES",
                description = "Folder of the npm packages (default: node_modules); runs/pictograms-data.sh and"
                        + " runs/icons-data.sh install them.")
        private Path modules = Path.of("node_modules");

        @Option(
                names = "--size",
                paramLabel = "PIXELS",
                description = "Width and height of the drawings (default: 128 for pictograms, 64 for icons).")
        private @Nullable Integer size;
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "expected the name of a dataset, such as 'dataset pictograms'");
    }

    /**
     * {@code zeuxis dataset pictograms DIR}.
     *
     * @return 0, or 1 after one line on the error stream
     */
    @Command(
            name = "pictograms",
            description = "Render the emoji of ten vendors, with their names, into WebDataset shards.",
            mixinStandardHelpOptions = true)
    public int pictograms(
            @Mixin Drawings drawings,
            @Option(
                            names = "--every",
                            paramLabel = "N",
                            defaultValue = "1",
                            description = "Only each Nth icon, where drawings are large (default: all).")
                    int every) {
        if (every < 1) {
            throw new ParameterException(
                    spec.subcommands().getOrDefault("pictograms", spec.commandLine()),
                    "--every: expected at least 1, got " + every);
        }
        return make("pictograms", drawings, 128, (modules, size, progress) -> {
            PictogramDataset.Summary summary =
                    new PictogramDataset(modules, size, every).write(drawings.folder, progress);
            return new Made(
                    summary.counts(),
                    summary.drawings() + " drawings in " + drawings.folder + " (" + summary.duplicates()
                            + " duplicates left out, " + summary.failures() + " could not be drawn)");
        });
    }

    /**
     * {@code zeuxis dataset icons DIR}.
     *
     * @return 0, or 1 after one line on the error stream
     */
    @Command(
            name = "icons",
            description = "Render the icons of about 150 sets, with their names, into WebDataset shards.",
            mixinStandardHelpOptions = true)
    public int icons(@Mixin Drawings drawings) {
        return make("icons", drawings, 64, (modules, size, progress) -> {
            IconDataset.Summary summary = new IconDataset(modules, size).write(drawings.folder, progress);
            return new Made(
                    summary.counts(),
                    summary.drawings() + " drawings of " + summary.sets() + " sets in " + drawings.folder);
        });
    }

    /** What was made: drawings by vendor and split, and a line that sums them up. */
    private record Made(Map<String, Map<String, Integer>> counts, String sum) {}

    private interface Maker {
        Made make(Path modules, int size, PictogramDataset.Progress progress) throws IOException;
    }

    private int make(String name, Drawings drawings, int usual, Maker maker) {
        int size = drawings.size == null ? usual : drawings.size;
        CommandLine line = spec.subcommands().getOrDefault(name, spec.commandLine());
        if (size < 8 || size > 4096) {
            throw new ParameterException(line, "--size: expected 8 to 4096 pixels, got " + size);
        }
        PrintWriter out = line.getOut();
        try {
            Made made = withBar(drawings.modules, size, maker);
            made.counts().forEach((vendor, counts) -> out.println(vendor + ": " + counts));
            out.println(made.sum());
            out.flush();
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            line.getErr().println("zeuxis dataset " + name + ": " + message);
            line.getErr().flush();
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static Made withBar(Path modules, int size, Maker maker) throws IOException {
        try (Interruption interruption = new Interruption();
                ProgressLine bar = StepBar.terminal() ? ProgressLine.of("drawing", 0) : null) {
            return maker.make(modules, size, (done, total) -> {
                if (interruption.wanted()) throw new CancellationException("stopped; nothing was written");
                if (bar == null) return;
                bar.total(total);
                bar.to(done);
            });
        }
    }
}
