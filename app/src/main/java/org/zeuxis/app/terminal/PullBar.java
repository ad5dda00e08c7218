package org.zeuxis.app.terminal;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.zeuxis.hub.PullProgress;
import org.zeuxis.hub.client.ModelName;

/** Says that a model is being downloaded: a line always, and a bar on a terminal. */
public final class PullBar implements PullProgress, AutoCloseable {
    private static final double MEGABYTE = 1_000_000;

    private static final int LOOK_EACH = 50;

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
    public interface Pulling<T> {
        T pull(PullProgress progress) throws IOException;
    }

    /** Ctrl-C ends it wherever it waits; what has come is kept. */
    public static <T> T watching(PrintWriter err, Pulling<T> pulling) throws IOException {
        Thread puller = Thread.currentThread();
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "pull-interruption");
            thread.setDaemon(true);
            return thread;
        });
        try (Interruption interruption = new Interruption();
                PullBar bar = new PullBar(err)) {
            Runnable look = () -> {
                if (interruption.wanted()) puller.interrupt();
            };
            clock.scheduleWithFixedDelay(look, LOOK_EACH, LOOK_EACH, TimeUnit.MILLISECONDS);
            return pulling.pull(bar);
        } catch (InterruptedIOException e) {
            CancellationException stopped = new CancellationException(e.getMessage());
            stopped.initCause(e);
            throw stopped;
        } finally {
            clock.shutdownNow();
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
