package org.zeuxis.app.terminal;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.models.Events;
import org.zeuxis.models.StepEvent;

/** The steps of all pictures as one bar on a terminal, and nothing anywhere else; Ctrl-C ends them between two. */
public final class StepBar implements Events, AutoCloseable {
    private final int pictures;
    private final @Nullable ProgressLine bar;
    private final Interruption interruption = new Interruption();
    private long drawn;

    private StepBar(int pictures, @Nullable ProgressLine bar) {
        this.pictures = pictures;
        this.bar = bar;
    }

    public static StepBar onTerminal(int pictures) {
        return new StepBar(pictures, terminal() ? ProgressLine.of("drawing", 0) : null);
    }

    /** Whether a person watches: the launcher says so, as System.console() is never null from Java 22 on. */
    public static boolean terminal() {
        return "1".equals(System.getenv("ZEUXIS_TERMINAL"));
    }

    @Override
    public void tell(StepEvent event) {
        if (interruption.wanted()) throw new CancellationException("stopped");
        if (bar == null) return;
        bar.total((long) event.steps() * pictures);
        bar.to(++drawn);
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
