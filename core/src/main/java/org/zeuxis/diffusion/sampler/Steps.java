package org.zeuxis.diffusion.sampler;

import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** The loop of every sampler: frees what a step leaves behind and tells of its estimate. */
public final class Steps {
    private Steps() {}

    /** Where a step arrived, and the data it aimed at. {@code next} is no tensor the denoiser gave, but a new one. */
    public record Arrival(Tensor next, Tensor x0) {}

    /** One step of a sampler. */
    @FunctionalInterface
    public interface Step {
        /** @param scope frees all of this step except what it is told to keep */
        Arrival take(int i, Tensor x, Scope scope);
    }

    /** Takes {@code step} for i = {@code first} to {@code count} − 1, each from where the one before arrived. */
    public static Tensor run(int first, int count, Tensor start, Progress progress, Step step) {
        try (Gradients off = Gradients.off()) {
            Tensor x = start.copy();
            for (int i = first; i < count; i++) {
                try (Scope scope = new Scope()) {
                    Arrival arrival = step.take(i, x, scope);
                    progress.done(i + 1 - first, count - first, arrival.x0());
                    x = scope.replace(x, arrival.next());
                }
            }
            return x;
        }
    }
}
