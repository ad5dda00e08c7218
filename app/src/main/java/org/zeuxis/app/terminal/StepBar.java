package org.zeuxis.app.terminal;

import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.zeuxis.models.Events;
import org.zeuxis.models.StepEvent;

/**
 * The steps of all pictures as one bar on a terminal, of a model with several stages a bar for each that says which; and
 * nothing anywhere else. Ctrl-C ends them between two steps.
 */
public final class StepBar implements Events, AutoCloseable {
    private final int pictures;
    private final @Nullable Function<String, ProgressLine> lines;
    private final Interruption interruption = new Interruption();
    private @Nullable ProgressLine bar;
    private String first = "";
    private String stage = "";
    private int picture;
    private long drawn;

    /** @param lines makes one, given what it shows; null where nobody watches */
    StepBar(int pictures, @Nullable Function<String, ProgressLine> lines) {
        this.pictures = pictures;
        this.lines = lines;
    }

    public static StepBar onTerminal(int pictures) {
        return new StepBar(pictures, terminal() ? task -> ProgressLine.of(task, 0) : null);
    }

    /** Whether a person watches: the launcher says so, as System.console() is never null from Java 22 on. */
    public static boolean terminal() {
        return "1".equals(System.getenv("ZEUXIS_TERMINAL"));
    }

    @Override
    public void tell(StepEvent event) {
        if (interruption.wanted()) throw new CancellationException("stopped");
        if (lines == null) return;
        boolean named = !event.stage().isEmpty();
        ProgressLine line = bar;
        if (line == null || named && (event.step() == 1 || !event.stage().equals(stage))) {
            line = lines.apply(begun(event.stage()));
            bar = line;
        }
        line.total(named ? event.steps() : (long) event.steps() * pictures);
        line.to(named ? event.step() : ++drawn);
    }

    /** What the next bar shows: the stage that begins, and of which picture. */
    private String begun(String next) {
        erase();
        if (next.isEmpty()) return "drawing";
        if (picture == 0) first = next;
        if (next.equals(first)) picture++;
        stage = next;
        return pictures > 1 ? next + " " + picture + "/" + pictures : next;
    }

    /** Makes room for a line on the same terminal. */
    public void erase() {
        if (bar != null) bar.erase();
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
        interruption.close();
    }
}
