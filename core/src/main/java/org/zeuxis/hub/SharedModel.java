package org.zeuxis.hub;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A model that many threads share: its weights are read when it is first used, and one caller at a time uses it, with all the
 * threads that a computation has; the others wait in turn.
 */
public final class SharedModel<M extends AutoCloseable> implements AutoCloseable {
    /** Reads the weights. */
    private interface Opening<M> {
        M open() throws IOException;
    }

    private final ReentrantLock turn = new ReentrantLock(true);
    private final String name;
    private final Opening<M> opening;
    private final boolean own;
    private @Nullable M model;
    private boolean closed;

    private SharedModel(String name, Opening<M> opening, boolean own) {
        this.name = name;
        this.opening = opening;
        this.own = own;
    }

    /** What {@link Models#open(String, Class)} opens, when it is first used. */
    public static <M extends AutoCloseable> SharedModel<M> named(String name, Class<M> kind) {
        return new SharedModel<>(name, () -> Models.standard().open(name, kind), true);
    }

    /** A model that is open; it stays so when this is closed. */
    public static <M extends AutoCloseable> SharedModel<M> of(String name, M model) {
        return new SharedModel<>(name, () -> model, false);
    }

    /** What finds it. */
    public String name() {
        return name;
    }

    /**
     * Refuses another model where one may be named that does the work.
     *
     * @param other null if none is named
     */
    public void expectNamed(@Nullable String other) {
        if (other == null || other.equals(name)) return;
        throw new IllegalArgumentException("expected the model " + name + ", got " + other + "; leave it out");
    }

    /**
     * Uses the model, once it is this caller's turn.
     *
     * @throws UncheckedIOException if there is no such model, or it cannot be read; in one line
     * @throws IllegalStateException if this is closed
     * @throws CancellationException if the thread is interrupted while it waits
     */
    public <R> R use(Function<? super M, R> work) {
        try {
            turn.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("expected a turn of the model " + name + ", got interrupted");
        }
        try {
            return work.apply(opened());
        } finally {
            turn.unlock();
        }
    }

    private M opened() {
        if (closed) {
            throw new IllegalStateException(
                    "expected the model " + name + " to be open, got one that is closed; make another");
        }
        M known = model;
        if (known != null) return known;
        try {
            known = opening.open();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
        model = known;
        return known;
    }

    /** Gives the memory of the weights back, once nobody uses the model. */
    @Override
    public void close() {
        turn.lock();
        try {
            closed = true;
            M known = model;
            model = null;
            if (known != null && own) known.close();
        } catch (RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("expected to close the model " + name + ", got " + e, e);
        } finally {
            turn.unlock();
        }
    }
}
