package org.zeuxis.app.queue;

import java.time.Duration;

/** It took longer than is allowed. */
public final class TimeLimitException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TimeLimitException(Duration limit, Throwable stopped) {
        super(
                "expected to end within " + limit.toSeconds() + " s, " + stopped.getMessage()
                        + "; ask for fewer steps or a smaller picture",
                stopped);
    }
}
