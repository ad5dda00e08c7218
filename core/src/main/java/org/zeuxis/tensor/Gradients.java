package org.zeuxis.tensor;

import org.bytedeco.pytorch.GradMode;

/** Turns the recording of gradients off (or on again) for this thread, until closed. */
public final class Gradients implements AutoCloseable {
    private final boolean before = GradMode.is_enabled();

    private Gradients(boolean enabled) {
        GradMode.set_enabled(enabled);
    }

    /** {@code try (Gradients off = Gradients.off()) { … }}: nothing inside is recorded. */
    public static Gradients off() {
        return new Gradients(false);
    }

    /** Records again inside an {@link #off()}. */
    public static Gradients on() {
        return new Gradients(true);
    }

    /** Whether operations of this thread are recorded now. */
    public static boolean recorded() {
        return GradMode.is_enabled();
    }

    @Override
    public void close() {
        GradMode.set_enabled(before);
    }
}
