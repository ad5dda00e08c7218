package org.zeuxis.app.queue;

import java.time.Duration;

/**
 * How much a queue takes.
 *
 * @param places how many may wait
 * @param bytes how much all that wait may hold in memory
 * @param time how long one may be computed
 */
public record QueueLimits(int places, long bytes, Duration time) {
    /** @throws IllegalArgumentException if nothing could ever be computed */
    public QueueLimits {
        if (places < 1) throw new IllegalArgumentException("expected room for at least 1 to wait, got " + places);
        if (bytes < 1) throw new IllegalArgumentException("expected at least 1 byte for what waits, got " + bytes);
        if (time.isNegative() || time.isZero()) {
            throw new IllegalArgumentException("expected a time limit of at least 1 second, got " + time.toSeconds());
        }
    }
}
