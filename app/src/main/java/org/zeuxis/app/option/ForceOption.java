package org.zeuxis.app.option;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Whether a command may replace files that are there already. */
public final class ForceOption {
    @Option(names = "--force", description = "Overwrite existing files.")
    private boolean force;

    /** @throws IOException if {@code file} is there and may not be replaced */
    public void expectFree(String option, Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException(option + " " + file + ": expected the name of a file, got a folder");
        }
        if (force || !Files.exists(file)) return;
        throw new IOException(
                option + " " + file + ": already exists; pass --force to replace it, or name another file");
    }

    /** The file, or with a number at its end the first that is not there. */
    Path free(Path file) {
        if (force || !Files.exists(file)) return file;
        String name = String.valueOf(file.getFileName());
        int dot = name.lastIndexOf('.');
        for (int number = 2; ; number++) {
            Path next = file.resolveSibling(name.substring(0, dot) + "-" + number + name.substring(dot));
            if (!Files.exists(next)) return next;
        }
    }
}
