package org.zeuxis.hub.client;

import java.io.IOException;

/** The hub does not have what was asked for, does not give it, or gives something else; in one line. */
public final class HubException extends IOException {
    private static final long serialVersionUID = 1L;

    public HubException(String message) {
        super(message);
    }

    public HubException(String message, Throwable cause) {
        super(message, cause);
    }
}
