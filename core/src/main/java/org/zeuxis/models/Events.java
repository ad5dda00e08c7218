package org.zeuxis.models;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.Tensor;

/** Told after each step of each picture; cancels by throwing. */
@FunctionalInterface
public interface Events {
    /** Tells nobody. */
    Events NONE = event -> {};

    void tell(StepEvent event);

    /** The same, but the step after which {@code cancelled} says so is the last one, by a {@link CancellationException}. */
    default Events unless(BooleanSupplier cancelled) {
        return event -> {
            if (cancelled.getAsBoolean()) throw cancelledAfter(event.step(), event.steps());
            tell(event);
        };
    }

    /**
     * For a stage of a model, what its sampler tells of.
     *
     * <p>The step after which the thread is interrupted is the last one, by a {@link CancellationException}; the thread stays
     * interrupted.
     *
     * @param preview the picture that an estimate of the data stands for
     */
    default Progress stage(String name, Function<Tensor, Image> preview) {
        return told(name, x0 -> Optional.of(preview.apply(x0)));
    }

    /** The same for a stage that draws no picture. */
    default Progress stage(String name) {
        return told(name, x0 -> Optional.empty());
    }

    private Progress told(String name, Function<Tensor, Optional<Image>> preview) {
        return (step, steps, x0) -> {
            if (Thread.currentThread().isInterrupted()) throw cancelledAfter(step, steps);
            tell(new StepEvent(name, step, steps, () -> preview.apply(x0)));
        };
    }

    private static CancellationException cancelledAfter(int step, int steps) {
        return new CancellationException("expected to run " + steps + " steps, got cancelled after " + step);
    }
}
