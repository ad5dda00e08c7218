package org.zeuxis.app.terminal;

import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * Ctrl-C while an answer is written: the first interrupts the thread that began it, which ends the answer; the next is as it was before,
 * and ends the program.
 */
public final class AnswerStop implements AutoCloseable {
    private static final Signal CTRL_C = new Signal("INT");

    private final Interruption interruption = new Interruption();
    private final Thread writer = Thread.currentThread();
    private final @Nullable SignalHandler before;
    private volatile boolean stopped;
    private volatile boolean ending;

    public AnswerStop() {
        before = handle(this::stop);
    }

    private static @Nullable SignalHandler handle(SignalHandler handler) {
        try {
            return Signal.handle(CTRL_C, handler);
        } catch (IllegalArgumentException e) {
            return null; // Java was started with -Xrs, which leaves signals to the system
        }
    }

    private void stop(Signal signal) {
        ending = stopped;
        if (ending && before != null) before.handle(signal);
        stopped = true;
        writer.interrupt();
    }

    /** Whether the whole program is to end. */
    public boolean ends() {
        return ending || interruption.wanted();
    }

    @Override
    public void close() {
        // once the program ends, the next Ctrl-C is the system's
        if (before != null && !ends()) handle(before);
        boolean unused = Thread.interrupted();
        interruption.close();
    }
}
