package org.zeuxis.app.web;

/** A request that a page of another site had sent. */
public final class ForeignPageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ForeignPageException() {
        super("expected a request of this page, got one of another");
    }
}
