package org.zeuxis.hub.client;

import java.time.Duration;

/**
 * How long a server is waited for.
 *
 * @param silence how long it may say nothing, or send less than {@link #LEAST_RATE}, before that attempt has failed
 * @param attempts how many in a row may fail
 * @param trying how long all attempts in a row that fail may take together, the waits between them included
 * @param pause before the second attempt; doubled before each further one
 */
public record Patience(Duration silence, int attempts, Duration trying, Duration pause) {
    /** Bytes per second: what comes slower comes not at all. */
    static final long LEAST_RATE = 4096;

    private static final int ATTEMPTS = 5;
    private static final Duration PAUSE = Duration.ofMillis(500);

    /** With the usual proportions, for which nothing is tried in vain for longer than three silences. */
    public static Patience of(Duration silence) {
        return new Patience(silence, ATTEMPTS, silence.multipliedBy(3), PAUSE);
    }

    /** Fewer bytes within {@link #silence} are none. */
    public long leastBytes() {
        return Math.max(1, LEAST_RATE * silence.toMillis() / 1000);
    }
}
