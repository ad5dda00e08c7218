package org.zeuxis.app.terminal;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C or a kill while there is work that must end by itself, as LibTorch crashes if it is torn down while it computes, and
 * files would stay unfinished: the process ends when that work has come to a place where it can stop, and has said so.
 */
public final class Interruption implements AutoCloseable {
    private static final long MOST_SECONDS = 600;
    private static final AtomicInteger WORKING = new AtomicInteger();
    private static final CountDownLatch ENDED = new CountDownLatch(1);
    private static volatile boolean wanted;

    private boolean closed;

    /** Work begins that asks {@link #wanted} from time to time. */
    public Interruption() {
        WORKING.incrementAndGet();
    }

    /** Has this process wait, when it is told to end, for work that goes on. */
    public static void install() {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::await, "interruption"));
    }

    /** All work has ended and everything was said. */
    public static void ended() {
        ENDED.countDown();
    }

    private static void await() {
        if (WORKING.get() == 0) return;
        wanted = true;
        letTheNextCtrlCEndAtOnce();
        try {
            // work that hangs is torn down
            boolean unused = ENDED.await(MOST_SECONDS, TimeUnit.SECONDS);
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
    public boolean wanted() {
        return wanted;
    }

    /** This work is done, or has stopped. */
    @Override
    public void close() {
        if (closed) return;
        closed = true;
        WORKING.decrementAndGet();
    }
}
