package org.zeuxis.app.web;

/** A request that is larger than what is read of one. */
public final class TooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public TooLargeException(long most) {
        super("expected at most " + most + " bytes");
    }
}
