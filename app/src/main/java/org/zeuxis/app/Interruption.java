package org.zeuxis.app;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C or a kill while LibTorch computes: the process ends when the work has come to a place where it can stop, because
 * LibTorch crashes if it is torn down while it computes.
 */
final class Interruption implements AutoCloseable {
    private static final long MOST_SECONDS = 600;

    private final CountDownLatch finished = new CountDownLatch(1);
    private final Thread hook = new Thread(this::await, "interruption");
    private volatile boolean wanted;

    Interruption() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void await() {
        wanted = true;
        letTheNextCtrlCEndAtOnce();
        try {
            // work that hangs is torn down
            boolean unused = finished.await(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void letTheNextCtrlCEndAtOnce() {
        try {
            Signal.handle(new Signal("INT"), SignalHandler.SIG_DFL);
        } catch (IllegalArgumentException e) {
            return; // Java was started with -Xrs, which leaves signals to the system anyway
        }
    }

    /** Whether the work is to stop at the next place where it can. */
    boolean wanted() {
        return wanted;
    }

    /** The work has stopped. */
    @Override
    public void close() {
        finished.countDown();
        if (wanted) return;
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return; // too late to remove: the process ends
        }
    }
}
