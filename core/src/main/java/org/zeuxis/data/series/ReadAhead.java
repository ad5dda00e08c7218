package org.zeuxis.data.series;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Things by number, made in background threads while they are asked for in order. Asked out of order, it starts again from
 * there: what comes depends on the number alone.
 *
 * <p>For one thread at a time.
 */
public final class ReadAhead<T> implements AutoCloseable {
    /** Threads that may each fill the memory with a photograph. */
    private static final int PICTURES = 3;

    private final Prefetch.Source<T> source;
    private final int threads;
    private final long end;
    private @Nullable Prefetch<T> prefetch;
    private long next = -1;

    /** @param source called by several threads at once: all cores but one */
    public ReadAhead(Prefetch.Source<T> source) {
        this(Long.MAX_VALUE, Integer.MAX_VALUE, source);
    }

    private ReadAhead(long end, int most, Prefetch.Source<T> source) {
        this.source = source;
        this.end = end;
        threads = Math.max(1, Math.min(most, Runtime.getRuntime().availableProcessors() - 1));
    }

    /** Pictures of any size, of which it holds few at a time; nothing is made from the number {@code end} on. */
    public static <T> ReadAhead<T> pictures(long end, Prefetch.Source<T> source) {
        return new ReadAhead<>(end, PICTURES, source);
    }

    /** @throws UncheckedIOException if it cannot be made, or this thread is interrupted while it waits */
    public T at(long number) {
        Prefetch<T> from = prefetch;
        if (from == null || number != next) {
            close();
            from = new Prefetch<>(source, number, end, threads, threads + 2);
            prefetch = from;
        }
        next = number + 1;
        try {
            return from.take();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close();
            throw new UncheckedIOException(
                    new InterruptedIOException("expected to wait for data, but this thread was interrupted"));
        }
    }

    /** Ends the background threads; the next {@link #at} starts new ones. */
    @Override
    public void close() {
        if (prefetch != null) prefetch.close();
        prefetch = null;
    }
}
