package org.zeuxis.app.queue;

/** There is no place now; later there may be. */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Why there is none. */
    public enum Reason {
        FULL,
        ENDING
    }

    private final Reason reason;
    private final int seconds;

    RefusedException(Reason reason, int seconds, String message) {
        super(message);
        this.reason = reason;
        this.seconds = seconds;
    }

    public Reason reason() {
        return reason;
    }

    /** After how many seconds it is worth while to ask again. */
    public int seconds() {
        return seconds;
    }
}
