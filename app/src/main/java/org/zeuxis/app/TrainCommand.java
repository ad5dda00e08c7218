package org.zeuxis.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code zeuxis train}: trains what a configuration describes. */
@Command(name = "train", description = "Train what a configuration describes.", mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CONFIG", description = "One of the files under configs/.")
    private Path config = Path.of("");

    @Option(names = "--resume", description = "Go on from the last checkpoint of the run.")
    private boolean resume;

    @Override
    public Integer call() throws IOException {
        if (!Files.isRegularFile(config)) {
            throw new IOException(config + ": expected a configuration file, got "
                    + (Files.exists(config) ? "a folder" : "nothing") + "; check the path");
        }
        throw new UnsupportedOperationException("expected " + (resume ? "to resume" : "to train") + " " + config
                + ", but this build has no training command yet; use org.zeuxis.train.Trainer from Java");
    }
}
