package org.zeuxis.diffusion.sampler;

import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.zeuxis.tensor.Tensor;

/** Told after each step of a sampler; cancels it by throwing. */
@FunctionalInterface
public interface Progress {
    /** Tells nobody. */
    Progress NONE = (step, steps, x0) -> {};

    /**
     * The same, but the step after which the thread is interrupted, or {@code cancelled} says so, is the last one.
     *
     * <p>What then ends the sampling is a {@link CancellationException}; an interrupted thread stays so.
     */
    default Progress unless(BooleanSupplier cancelled) {
        return (step, steps, x0) -> {
            if (Thread.currentThread().isInterrupted() || cancelled.getAsBoolean()) {
                throw new CancellationException("expected to run " + steps + " steps, got cancelled after " + step);
            }
            done(step, steps, x0);
        };
    }

    /**
     * @param step which step is done, from 1 to {@code steps}
     * @param x0 [batch, …] what the data looks like so far; freed once this returns
     */
    void done(int step, int steps, Tensor x0);
}
