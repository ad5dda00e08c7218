package org.zeuxis.data.series;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes things by number in background threads and hands them out in order. Never more than {@code ahead} of them wait.
 *
 * <p>One thread at a time takes from it. Closing waits for the ones being made; it does not interrupt them, as an
 * interrupt would close the files they read.
 */
public final class Prefetch<T> implements AutoCloseable {
    private static final AtomicLong THREADS = new AtomicLong();

    /** Makes the thing of a number; called by several threads at once. */
    public interface Source<T> {
        T at(long number) throws IOException;
    }

    private final Source<T> source;
    private final int ahead;
    private final ExecutorService threads;
    private final Deque<Future<T>> pending = new ArrayDeque<>();
    private final long end;
    private long next;
    private boolean closed;

    /**
     * @param from the first number
     * @param threads at least 1
     * @param ahead how many may wait, at least 1
     */
    public Prefetch(Source<T> source, long from, int threads, int ahead) {
        this(source, from, Long.MAX_VALUE, threads, ahead);
    }

    /** @param end the number before which it ends */
    Prefetch(Source<T> source, long from, long end, int threads, int ahead) {
        if (threads < 1 || ahead < 1) {
            throw new IllegalArgumentException(
                    "expected at least 1 thread and 1 ahead, got " + threads + " and " + ahead);
        }
        this.source = source;
        this.next = from;
        this.end = end;
        this.ahead = ahead;
        this.threads = Executors.newFixedThreadPool(threads, task -> {
            Thread thread = new Thread(task, "zeuxis-data-" + THREADS.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * The next one, waiting for it if need be.
     *
     * @throws IOException if it could not be made; the one after it may be
     * @throws InterruptedException if this thread is interrupted while it waits; nothing is lost
     */
    public synchronized T take() throws IOException, InterruptedException {
        if (closed) throw new IllegalStateException("expected an open prefetch, this one is closed");
        while (pending.size() < ahead && next < end) {
            long number = next++;
            Callable<T> task = () -> source.at(number);
            pending.add(threads.submit(task));
        }
        Future<T> first = pending.element();
        try {
            T made = first.get();
            pending.remove();
            return made;
        } catch (ExecutionException e) {
            pending.remove();
            Throwable cause = e.getCause();
            if (cause instanceof IOException io) throw new IOException(io.getMessage(), io);
            if (cause instanceof RuntimeException wrong) throw wrong;
            if (cause instanceof Error error) throw error;
            throw new IllegalStateException(cause);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        for (Future<T> future : pending) future.cancel(false);
        pending.clear();
        threads.shutdown();
    }
}
