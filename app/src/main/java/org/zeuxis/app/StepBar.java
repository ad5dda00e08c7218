package org.zeuxis.app;

import java.util.concurrent.CancellationException;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.tensor.Tensor;

/** The steps of all pictures as one bar on a terminal, and nothing anywhere else; Ctrl-C ends them between two. */
final class StepBar implements Progress, AutoCloseable {
    private final int pictures;
    private final @Nullable ProgressBar bar;
    private final Interruption interruption = new Interruption();

    private StepBar(int pictures, @Nullable ProgressBar bar) {
        this.pictures = pictures;
        this.bar = bar;
    }

    static StepBar onTerminal(int pictures) {
        if (!terminal()) return new StepBar(pictures, null);
        return new StepBar(
                pictures,
                new ProgressBarBuilder()
                        .setTaskName("drawing")
                        .setStyle(ProgressBarStyle.ASCII)
                        .build());
    }

    /** Whether a person watches: the launcher says so, as System.console() is never null from Java 22 on. */
    static boolean terminal() {
        return "1".equals(System.getenv("ZEUXIS_TERMINAL"));
    }

    @Override
    public void done(int step, int steps, Tensor x0) {
        if (interruption.wanted()) throw new CancellationException("stopped; nothing was written");
        if (bar == null) return;
        bar.maxHint((long) steps * pictures);
        bar.step();
    }

    @Override
    public void close() {
        if (bar != null) bar.close();
        interruption.close();
    }
}
