package org.zeuxis.app.dataset;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.zeuxis.app.dataset.pictogram.IconDataset;
import org.zeuxis.app.dataset.pictogram.PictogramDataset;
import org.zeuxis.app.terminal.Interruption;
import org.zeuxis.app.terminal.ProgressLine;
import org.zeuxis.app.terminal.StepBar;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zeuxis dataset}: makes datasets. */
@Command(name = "dataset", description = "Make a dataset.", mixinStandardHelpOptions = true)
public final class DatasetCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    /** Made by picocli. */
    public DatasetCommand() {
        spec = CommandSpec.create();
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
            description = "Draw the emoji of ten vendors and write them with their names as WebDataset shards.",
            mixinStandardHelpOptions = true)
    public int pictograms(
            @Parameters(paramLabel = "DIR", description = "Folder of the dataset, made if missing.") Path folder,
            @Option(
                            names = "--from",
                            paramLabel = "NODE_MODULES",
                            defaultValue = "node_modules",
                            description = "Folder of the npm packages (default: ${DEFAULT-VALUE});"
                                    + " runs/pictograms-data.sh installs them.")
                    Path modules,
            @Option(
                            names = "--size",
                            paramLabel = "PIXELS",
                            defaultValue = "128",
                            description = "Width and height of the drawings (default: ${DEFAULT-VALUE}).")
                    int size) {
        return make("pictograms", folder, size, progress -> {
            PictogramDataset.Summary summary = new PictogramDataset(modules, size).write(folder, progress);
            return new Made(
                    summary.counts(),
                    summary.drawings() + " drawings in " + folder + " (" + summary.duplicates()
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
            description = "Draw the icons of some 150 sets and write them with their names as WebDataset shards.",
            mixinStandardHelpOptions = true)
    public int icons(
            @Parameters(paramLabel = "DIR", description = "Folder of the dataset, made if missing.") Path folder,
            @Option(
                            names = "--from",
                            paramLabel = "NODE_MODULES",
                            defaultValue = "node_modules",
                            description = "Folder of the npm packages (default: ${DEFAULT-VALUE});"
                                    + " runs/icons-data.sh installs them.")
                    Path modules,
            @Option(
                            names = "--size",
                            paramLabel = "PIXELS",
                            defaultValue = "64",
                            description = "Width and height of the drawings (default: ${DEFAULT-VALUE}).")
                    int size) {
        return make("icons", folder, size, progress -> {
            IconDataset.Summary summary = new IconDataset(modules, size).write(folder, progress);
            return new Made(
                    summary.counts(), summary.drawings() + " drawings of " + summary.sets() + " sets in " + folder);
        });
    }

    /** What was made: drawings by vendor and split, and a line that sums them up. */
    private record Made(Map<String, Map<String, Integer>> counts, String sum) {}

    private interface Maker {
        Made make(PictogramDataset.Progress progress) throws IOException;
    }

    private int make(String name, Path folder, int size, Maker maker) {
        CommandLine line = spec.subcommands().getOrDefault(name, spec.commandLine());
        if (size < 8 || size > 4096) {
            throw new ParameterException(line, "--size: expected 8 to 4096 pixels, got " + size);
        }
        PrintWriter out = line.getOut();
        try {
            Made made = withBar(maker);
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

    private static Made withBar(Maker maker) throws IOException {
        try (Interruption interruption = new Interruption();
                ProgressLine bar = StepBar.terminal() ? ProgressLine.of("drawing", 0) : null) {
            return maker.make((done, total) -> {
                if (interruption.wanted()) throw new CancellationException("stopped; nothing was written");
                if (bar == null) return;
                bar.total(total);
                bar.to(done);
            });
        }
    }
}
