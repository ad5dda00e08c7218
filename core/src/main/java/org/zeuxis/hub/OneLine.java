package org.zeuxis.hub;

/** Text from outside made fit for a message. */
final class OneLine {
    private static final int LONGEST = 200;

    private OneLine() {}

    /** Control characters replaced, cut to 200 characters. */
    static String of(String text) {
        String line = text.replaceAll("\\p{Cntrl}+", " ").strip();
        return line.length() <= LONGEST ? line : line.substring(0, LONGEST) + "…";
    }

    /** What went wrong, by its message or else by its name. */
    static String of(Throwable e) {
        String message = e.getMessage();
        return message == null || message.isBlank() ? e.getClass().getSimpleName() : of(message);
    }
}
