package org.zeuxis.app.terminal;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongSupplier;

/**
 * A line on a terminal that says how far work has come, drawn over itself.
 *
 * <p>It only writes: a terminal that is never taken over needs no restoring, and its Ctrl-C stays the JVM's.
 */
public final class ProgressLine implements AutoCloseable {
    /** The narrowest usual terminal, less the column where some wrap. */
    private static final int COLUMNS = 79;

    private static final int BAR = 24;
    private static final int SHORTEST_BAR = 8;
    private static final int USUAL_TASK = 20; // a longer one takes room from the bar
    private static final long REDRAW_NANOS = 100_000_000;

    private final PrintStream terminal;
    private final LongSupplier nanos;
    private String task;
    private final String unit;
    private final double scale;
    private final long start;
    private long total;
    private long done;
    private long first = -1;
    private long drawn;
    private String note = "";
    private boolean shown;

    /**
     * @param total of what is counted; 0 if it is not known yet
     * @param unit after the numbers, such as {@code MB}; may be empty
     * @param scale how many of what is counted make one of the unit
     */
    ProgressLine(PrintStream terminal, LongSupplier nanos, String task, long total, String unit, double scale) {
        this.terminal = terminal;
        this.nanos = nanos;
        this.task = task;
        this.total = total;
        this.unit = unit;
        this.scale = scale;
        start = nanos.getAsLong();
        drawn = start - REDRAW_NANOS;
    }

    public static ProgressLine of(String task, long total) {
        return of(task, total, "", 1);
    }

    public static ProgressLine of(String task, long total, String unit, double scale) {
        return new ProgressLine(System.err, System::nanoTime, task, total, unit, scale);
    }

    /** So much is done in all. */
    public synchronized void to(long done) {
        if (first < 0) first = done;
        this.done = done;
        long now = nanos.getAsLong();
        if (now - drawn < REDRAW_NANOS) return;
        drawn = now;
        draw(now);
    }

    public synchronized void total(long total) {
        this.total = total;
    }

    /** What is done now. */
    public synchronized void task(String task) {
        this.task = task;
    }

    /** What is shown instead of the time that is left. */
    public synchronized void note(String note) {
        this.note = note;
    }

    /** Makes room for another line. */
    public synchronized void erase() {
        if (!shown) return;
        terminal.print("\r" + " ".repeat(COLUMNS) + "\r");
        terminal.flush();
        shown = false;
        drawn -= REDRAW_NANOS;
    }

    @Override
    public synchronized void close() {
        if (first < 0) return;
        draw(nanos.getAsLong());
        terminal.println();
        terminal.flush();
        first = -1;
    }

    private void draw(long now) {
        String text = text(now);
        int end = text.offsetByCodePoints(0, Math.min(COLUMNS, text.codePointCount(0, text.length())));
        terminal.print("\r" + text.substring(0, end) + " ".repeat(Math.max(0, COLUMNS - end)));
        terminal.flush();
        shown = true;
    }

    private String text(long now) {
        double seconds = (now - start) / 1e9;
        String rest = note.isEmpty() ? "" : ", " + note;
        if (total <= 0) return task + " " + amount(done) + suffix() + "  " + time(seconds) + rest;
        double part = Math.min(1, (double) done / total);
        boolean guess = note.isEmpty() && done > first && done < total;
        if (guess) rest = ", " + time(seconds * (total - done) / (done - first)) + " left";
        int over = task.codePointCount(0, task.length()) - USUAL_TASK;
        int length = Math.max(SHORTEST_BAR, BAR - Math.max(0, over));
        int filled = (int) (part * length);
        String bar = "=".repeat(filled) + (filled < length ? ">" : "") + " ".repeat(Math.max(0, length - filled - 1));
        return String.format(Locale.ROOT, "%s %3d%% [%s] ", task, (int) (100 * part), bar) + amount(done) + "/"
                + amount(total) + suffix() + "  " + time(seconds) + rest;
    }

    private String suffix() {
        return unit.isEmpty() ? "" : " " + unit;
    }

    private String amount(long counted) {
        return scale == 1 ? Long.toString(counted) : String.format(Locale.ROOT, "%.1f", counted / scale);
    }

    /** Minutes and seconds, with hours from one on. */
    public static String time(double seconds) {
        long s = Math.round(seconds);
        return s < 3600
                ? String.format(Locale.ROOT, "%d:%02d", s / 60, s % 60)
                : String.format(Locale.ROOT, "%d:%02d:%02d", s / 3600, s / 60 % 60, s % 60);
    }
}
