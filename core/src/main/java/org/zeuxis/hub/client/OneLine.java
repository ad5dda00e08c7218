package org.zeuxis.hub.client;

import org.zeuxis.text.Words;

/** Text from outside made fit for a message. */
public final class OneLine {
    private OneLine() {}

    /** Control characters replaced, cut to 200 characters. */
    public static String of(String text) {
        return Words.clean(text);
    }

    /** What went wrong, by its message or else by its name. */
    public static String of(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : of(message);
    }
}
