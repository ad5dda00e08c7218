package org.zeuxis.hub;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** Closes a stream out of which nothing has come for a while, so that its reader fails rather than waits for ever. */
final class StallWatch implements AutoCloseable {
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "hub-stall-watch");
        thread.setDaemon(true);
        return thread;
    });

    private final InputStream stream;
    private final long patience;
    private final ScheduledFuture<?> looking;
    private volatile long last = System.nanoTime();

    StallWatch(InputStream stream, Duration patience) {
        this.stream = stream;
        this.patience = patience.toNanos();
        long each = Math.max(1, this.patience / 4);
        looking = CLOCK.scheduleWithFixedDelay(this::look, each, each, TimeUnit.NANOSECONDS);
    }

    /** Something has come. */
    void moved() {
        last = System.nanoTime();
    }

    private void look() {
        if (System.nanoTime() - last < patience) return;
        looking.cancel(false);
        try {
            stream.close();
        } catch (IOException e) {
            // closed all the same
        }
    }

    @Override
    public void close() {
        looking.cancel(false);
    }
}
