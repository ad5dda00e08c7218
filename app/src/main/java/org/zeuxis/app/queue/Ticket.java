package org.zeuxis.app.queue;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.models.Events;
import org.zeuxis.models.StepEvent;

/** What a caller holds of that which waits or is computed: how far it is, and in the end what came of it. */
public final class Ticket<R> {
    /** What has become of it. */
    public enum State {
        QUEUED,
        RUNNING,
        FINISHED,
        FAILED,
        CANCELLED;

        public boolean isOver() {
            return this != QUEUED && this != RUNNING;
        }
    }

    /**
     * How far it is.
     *
     * @param picture which, from 0
     * @param stage of the model, empty for the main one
     * @param step of {@code steps}; 0 before the first
     */
    public record Progress(int picture, String stage, int step, int steps) {
        static final Progress NONE = new Progress(0, "", 0, 0);
    }

    private final String id;
    private final String caller;
    private final long bytes;
    private final CompletableFuture<R> result = new CompletableFuture<>();
    private final List<byte[]> previews = new CopyOnWriteArrayList<>();
    private final long asked = System.nanoTime();
    private @Nullable Work<R> work; // until it is over
    private volatile State state = State.QUEUED;
    private volatile Progress progress = Progress.NONE;
    private volatile boolean unwanted;
    private volatile long began;
    private volatile long ended;
    private volatile long deadline = Long.MAX_VALUE; // in nanoseconds since it began

    Ticket(String id, String caller, long bytes, Work<R> work) {
        this.id = id;
        this.caller = caller;
        this.bytes = bytes;
        this.work = work;
    }

    public String id() {
        return id;
    }

    public State state() {
        return state;
    }

    public Progress progress() {
        return progress;
    }

    /** What it looked like on its way, each a PNG; as many as its work has shown. */
    public List<byte[]> previews() {
        return previews;
    }

    /** How long it waited for its turn. */
    public Duration waited() {
        long until = began != 0 ? began : ended != 0 ? ended : System.nanoTime();
        return Duration.ofNanos(until - asked);
    }

    /** How long it was computed. */
    public Duration ran() {
        if (began == 0) return Duration.ZERO;
        return Duration.ofNanos((ended != 0 ? ended : System.nanoTime()) - began);
    }

    /** Waits for what comes of it. */
    public R await() throws ExecutionException, InterruptedException {
        return result.get();
    }

    /** The same for a while; whether it is over. */
    public boolean isOverWithin(Duration time) throws InterruptedException {
        try {
            R unused = result.get(time.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException | CancellationException e) {
            return true;
        }
    }

    /** Why there is no result; null if there is one, or may be. */
    public @Nullable Throwable failure() {
        if (!result.isCompletedExceptionally()) return null;
        try {
            R unused = result.getNow(null);
            return null;
        } catch (CompletionException e) {
            return e.getCause();
        } catch (CancellationException e) {
            return e;
        }
    }

    /** Waits until more is to be seen than {@code previews} previews and {@code seen}, or it is over, or a while has passed. */
    public synchronized void awaitChange(Progress seen, int previews, Duration most) throws InterruptedException {
        long until = System.nanoTime() + most.toNanos();
        while (!state.isOver() && progress.equals(seen) && this.previews.size() <= previews) {
            long left = TimeUnit.NANOSECONDS.toMillis(until - System.nanoTime());
            if (left <= 0) return;
            wait(left);
        }
    }

    /** What a model tells of one of the pictures; ends it by a {@link CancellationException} once it is not wanted, or took too long. */
    public Events events(int picture, Events more) {
        Events told = event -> {
            more.tell(event);
            move(picture, event);
        };
        return told.unless(this::isToStop);
    }

    /** @throws CancellationException if it is not wanted any more, or took too long */
    public void goOn() {
        if (isToStop()) throw new CancellationException("got cancelled meanwhile");
    }

    /** Shows what it looks like so far, a PNG. */
    public synchronized void show(byte[] png) {
        previews.add(png);
        notifyAll();
    }

    private synchronized void move(int picture, StepEvent event) {
        progress = new Progress(picture, event.stage(), event.step(), event.steps());
        notifyAll();
    }

    private boolean isToStop() {
        return unwanted || isLate();
    }

    private boolean isLate() {
        return began != 0 && System.nanoTime() - began > deadline;
    }

    String caller() {
        return caller;
    }

    long bytes() {
        return bytes;
    }

    /** To be stopped at the next step. */
    void unwanted() {
        unwanted = true;
    }

    /** Computes it. */
    void run(Duration limit) {
        began = System.nanoTime();
        deadline = limit.toNanos();
        become(State.RUNNING);
        try {
            Work<R> wanted = work;
            if (wanted == null) throw new IllegalStateException("expected something to compute, got what is over");
            R value = wanted.run(this);
            end(State.FINISHED);
            result.complete(value);
        } catch (CancellationException e) {
            if (!unwanted && isLate()) fail(new TimeLimitException(limit, e));
            else cancelled(e);
        } catch (Throwable e) { // whatever it is, the next one is computed
            if (e instanceof InterruptedException) Thread.currentThread().interrupt();
            fail(e);
        }
    }

    void fail(Throwable why) {
        end(State.FAILED);
        result.completeExceptionally(why);
    }

    void cancelled(CancellationException e) {
        end(State.CANCELLED);
        result.completeExceptionally(e);
    }

    private void end(State last) {
        ended = System.nanoTime();
        work = null;
        if (last != State.FINISHED) previews.clear();
        become(last);
    }

    private synchronized void become(State next) {
        state = next;
        notifyAll();
    }
}
