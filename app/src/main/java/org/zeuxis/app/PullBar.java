package org.zeuxis.app;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.ModelName;
import org.zeuxis.hub.PullProgress;

/** Says that a model is being downloaded: a line always, and a bar on a terminal. */
final class PullBar implements PullProgress, AutoCloseable {
    private static final double MEGABYTE = 1_000_000;

    private final PrintWriter err;
    private @Nullable ProgressLine bar;
    private String current = "";
    private long before;
    private long size;

    private PullBar(PrintWriter err) {
        this.err = err;
    }

    /** What downloads, and tells how far it is. */
    @FunctionalInterface
    interface Pulling {
        Path pull(PullProgress progress) throws IOException;
    }

    static Path watching(PrintWriter err, Pulling pulling) throws IOException {
        try (PullBar bar = new PullBar(err)) {
            return pulling.pull(bar);
        }
    }

    @Override
    public void begins(ModelName model, int files, long bytes) {
        String much = bytes == 0 ? "" : String.format(Locale.ROOT, ", %.1f MB", bytes / 1e6);
        err.println("pulling " + model + " ... (" + files + (files == 1 ? " file" : " files") + much + ")");
        err.flush();
        if (!StepBar.terminal()) return;
        bar = ProgressLine.of("pulling", bytes, "MB", MEGABYTE);
    }

    @Override
    public void received(String file, long bytes, long size) {
        if (!file.equals(current)) {
            before += this.size;
            current = file;
        }
        this.size = size;
        if (bar != null) bar.to(before + bytes);
    }

    @Override
    public void waits(String file) {
        err.println("waiting for another process that pulls " + file);
        err.flush();
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
    }
}
