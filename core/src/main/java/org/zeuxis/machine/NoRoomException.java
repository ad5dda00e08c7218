package org.zeuxis.machine;

import java.io.IOException;

/** Less memory is free than what is to be opened takes; once something else is closed there may be enough. */
public final class NoRoomException extends IOException {
    private static final long serialVersionUID = 1L;

    public NoRoomException(String message) {
        super(message);
    }
}
