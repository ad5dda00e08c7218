package org.zeuxis.machine;

/** The same of what is to be computed with what is open: a smaller picture may fit, or this one once something else is closed. */
public final class NoRoomToComputeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public NoRoomToComputeException(String message) {
        super(message);
    }
}
