package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.zeuxis.app.pictograms.PictogramDataset;
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
        CommandLine line = spec.subcommands().getOrDefault("pictograms", spec.commandLine());
        if (size < 8 || size > 4096) {
            throw new ParameterException(line, "--size: expected 8 to 4096 pixels, got " + size);
        }
        PrintWriter out = line.getOut();
        try {
            PictogramDataset dataset = new PictogramDataset(modules, size);
            PictogramDataset.Summary summary = draw(dataset, folder);
            for (Map.Entry<String, Map<String, Integer>> vendor :
                    summary.counts().entrySet()) {
                out.println(vendor.getKey() + ": " + vendor.getValue());
            }
            out.println(summary.drawings() + " drawings in " + folder + " (" + summary.duplicates()
                    + " duplicates left out, " + summary.failures() + " could not be drawn)");
            out.flush();
            return CommandLine.ExitCode.OK;
        } catch (IOException e) {
            String message = e.getMessage() == null ? e.toString() : e.getMessage();
            line.getErr().println("zeuxis dataset pictograms: " + message);
            line.getErr().flush();
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private static PictogramDataset.Summary draw(PictogramDataset dataset, Path folder) throws IOException {
        try (Interruption interruption = new Interruption();
                ProgressLine bar = StepBar.terminal() ? ProgressLine.of("drawing", 0) : null) {
            return dataset.write(folder, (done, total) -> {
                if (interruption.wanted()) throw new CancellationException("stopped; nothing was written");
                if (bar == null) return;
                bar.total(total);
                bar.to(done);
            });
        }
    }
}
