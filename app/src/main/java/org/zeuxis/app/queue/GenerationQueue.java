package org.zeuxis.app.queue;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Computes one thing after the other on one thread: a device is fastest so, and the same request gives the same bytes. Callers take turns, and each
 * may wait with as many as there are places free, so that a new one always finds a place but in a queue that is full of others.
 */
public final class GenerationQueue implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GenerationQueue.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int MOST_ENDED = 1000; // whose end is remembered
    private static final int ID_BYTES = 16;
    private static final int LONGEST_WAIT = 600; // that is told, in seconds
    private static final long IDLE_MILLISECONDS = 1000;
    private static final double LATEST = 0.2; // the weight of the latest in the mean

    private final QueueLimits limits;
    private final Runnable idle;
    private final Consumer<Ticket<?>> over;
    private final Thread worker = new Thread(this::work, "generation");
    private final Turns<Ticket<?>> turns = new Turns<>();
    private final Map<String, Ticket<?>> open = new HashMap<>();
    private final Map<String, Ticket<?>> withoutResult = new LinkedHashMap<>();
    private @Nullable Ticket<?> running;
    private long bytes;
    private double seconds = 1; // that one takes, on average
    private boolean ending;

    private GenerationQueue(QueueLimits limits, Runnable idle, Consumer<Ticket<?>> over) {
        this.limits = limits;
        this.idle = idle;
        this.over = over;
    }

    /**
     * @param idle run on the thread that computes, from time to time while there is nothing to compute
     * @param over told of each that is over
     */
    public static GenerationQueue start(QueueLimits limits, Runnable idle, Consumer<Ticket<?>> over) {
        GenerationQueue queue = new GenerationQueue(limits, idle, over);
        queue.worker.start();
        return queue;
    }

    /**
     * Has something computed when its turn comes.
     *
     * @param caller whose turn it takes
     * @param size how many bytes it holds in memory while it waits
     * @throws RefusedException if there is no place
     */
    public synchronized <R> Ticket<R> submit(String caller, long size, Work<R> work) {
        if (ending) throw ending();
        int waiting = turns.size();
        int free = limits.places() - waiting;
        int own = turns.size(caller);
        boolean share = own < free;
        if (!share || bytes + size > limits.bytes()) {
            String why = free == 0 || share
                    ? "expected a place in the queue, got one that is full with " + waiting
                    : "expected to wait with fewer than places are free, got " + own + " of yours and " + free
                            + " free";
            int after = (int) Math.max(1, Math.min(LONGEST_WAIT, Math.ceil(seconds * (share ? waiting + 1 : own))));
            throw new RefusedException(RefusedException.Reason.FULL, after, why + "; ask again in " + after + " s");
        }
        byte[] id = new byte[ID_BYTES];
        RANDOM.nextBytes(id);
        Ticket<R> ticket = new Ticket<>(HexFormat.of().formatHex(id), caller, size, work);
        turns.add(caller, ticket);
        open.put(ticket.id(), ticket);
        bytes += size;
        notifyAll();
        return ticket;
    }

    /** What waits, is computed or came to nothing; what is finished was handed over. */
    public synchronized Optional<Ticket<?>> find(String id) {
        Ticket<?> ticket = open.get(id);
        return Optional.ofNullable(ticket == null ? withoutResult.get(id) : ticket);
    }

    /** How many turns until it is over: 1 for the next one, 0 if it does not wait. */
    public synchronized int position(Ticket<?> ticket) {
        return turns.position(ticket.caller(), ticket);
    }

    /** How many wait. */
    public synchronized int waiting() {
        return turns.size();
    }

    /** Whether something is computed. */
    public synchronized boolean isComputing() {
        return running != null;
    }

    /** Whether it takes no more. */
    public synchronized boolean isEnding() {
        return ending;
    }

    /** Takes it out of the queue, or stops it at its next step. */
    public void cancel(Ticket<?> ticket) {
        boolean waited;
        synchronized (this) {
            ticket.unwanted();
            waited = turns.remove(ticket.caller(), ticket);
            if (waited) forget(ticket);
        }
        if (!waited) return;
        ticket.cancelled(new CancellationException("got cancelled before its turn"));
        ended(ticket);
    }

    /** Takes no more and hands back what waits; what is computed has so long to come to an end, and is stopped then. */
    public void stop(Duration grace) throws InterruptedException {
        List<Ticket<?>> waiting;
        synchronized (this) {
            ending = true;
            waiting = turns.clear();
            waiting.forEach(this::forget);
            notifyAll();
        }
        for (Ticket<?> ticket : waiting) {
            ticket.fail(ending());
            ended(ticket);
        }
        worker.join(Math.max(1, grace.toMillis()));
        synchronized (this) {
            if (running != null) running.unwanted();
        }
        worker.join();
    }

    private static RefusedException ending() {
        int seconds = 10; // until another has started
        return new RefusedException(
                RefusedException.Reason.ENDING,
                seconds,
                "expected a server that goes on, got one that is ending; ask again in " + seconds + " s");
    }

    private void work() {
        while (true) {
            Ticket<?> ticket;
            try {
                ticket = next();
            } catch (InterruptedException e) {
                return;
            }
            if (ticket == null) {
                if (isEnding()) return;
                idleAway();
                continue;
            }
            ticket.run(limits.time());
            synchronized (this) {
                running = null;
                forget(ticket);
                double took = ticket.ran().toNanos() / 1e9;
                if (ticket.state() == Ticket.State.FINISHED) seconds += LATEST * (took - seconds);
            }
            ended(ticket);
        }
    }

    private synchronized @Nullable Ticket<?> next() throws InterruptedException {
        Ticket<?> ticket = turns.next();
        if (ticket == null && !ending) {
            wait(IDLE_MILLISECONDS);
            ticket = turns.next();
        }
        running = ticket;
        if (ticket != null) bytes -= ticket.bytes();
        return ticket;
    }

    private void idleAway() {
        try {
            idle.run();
        } catch (RuntimeException e) {
            LOG.warn("while nothing was to be computed", e);
        }
    }

    /** To be called under the lock. */
    private void forget(Ticket<?> ticket) {
        open.remove(ticket.id());
        if (ticket.state() == Ticket.State.QUEUED) bytes -= ticket.bytes();
    }

    private void ended(Ticket<?> ticket) {
        if (ticket.state() != Ticket.State.FINISHED) {
            synchronized (this) {
                withoutResult.put(ticket.id(), ticket);
                if (withoutResult.size() > MOST_ENDED) {
                    withoutResult.remove(withoutResult.keySet().iterator().next());
                }
            }
        }
        over.accept(ticket);
    }

    /** Ends at once: what is computed is stopped at its next step. */
    @Override
    public void close() {
        try {
            stop(Duration.ZERO);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
