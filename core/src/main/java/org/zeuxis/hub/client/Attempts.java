package org.zeuxis.hub.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Counts how often in a row one thing has failed, and waits before it is tried again. */
public final class Attempts {
    private final Patience patience;
    private int failed;
    private long began = System.nanoTime();

    public Attempts(Patience patience) {
        this.patience = patience;
    }

    /** The last attempt failed, but brought it further: failures are counted anew. */
    public void worthwhile() {
        failed = 0;
        began = System.nanoTime();
    }

    /**
     * Waits as long as a busy server asks, or longer from time to time.
     *
     * @param why the last attempt failed
     * @return whether to try again; if not, nothing was waited for
     */
    public boolean again(IOException why) throws InterruptedIOException {
        failed++;
        // an interrupted read or write may look like any other failure
        if (Thread.currentThread().isInterrupted()) throw stopped();
        if (failed >= patience.attempts()) return false;
        Duration usual = patience.pause().multipliedBy(1L << (failed - 1));
        Duration wait = why instanceof BusyException busy ? busy.after().orElse(usual) : usual;
        Duration spent = Duration.ofNanos(System.nanoTime() - began);
        if (spent.plus(wait).compareTo(patience.trying()) >= 0) return false;
        try {
            TimeUnit.NANOSECONDS.sleep(wait.toNanos());
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stopped();
        }
    }

    private static InterruptedIOException stopped() {
        return new InterruptedIOException("stopped");
    }
}
