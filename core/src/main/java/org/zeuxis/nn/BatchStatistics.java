package org.zeuxis.nn;

/**
 * Whose mean and variance the batch norms of this thread take: while one is open, those of the batch before them, which
 * they also gather for later; else the gathered ones. Training needs it open, everything else not. Where a batch is seen in
 * chunks, each is normalised by itself.
 */
public final class BatchStatistics implements AutoCloseable {
    private static final ThreadLocal<Boolean> GATHERED = ThreadLocal.withInitial(() -> false);

    private final boolean before = GATHERED.get();

    private BatchStatistics() {
        GATHERED.set(true);
    }

    /** {@code try (BatchStatistics on = BatchStatistics.gathered()) { … }}: inside, batch norms learn what they see. */
    public static BatchStatistics gathered() {
        return new BatchStatistics();
    }

    static boolean areGathered() {
        return GATHERED.get();
    }

    @Override
    public void close() {
        GATHERED.set(before);
    }
}
