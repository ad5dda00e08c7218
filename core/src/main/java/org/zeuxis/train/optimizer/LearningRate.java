package org.zeuxis.train.optimizer;

/** The learning rate of each step, which counts from 0. */
@FunctionalInterface
public interface LearningRate {
    double at(long step);

    /** Rises linearly over {@code warmUp} steps, then stays. */
    static LearningRate constant(double peak, long warmUp) {
        return step -> peak * Math.min(1, (step + 1.0) / Math.max(1, warmUp));
    }

    /** Rises linearly over {@code warmUp} steps, then falls along half a cosine to {@code end} · peak at {@code steps}. */
    static LearningRate cosine(double peak, long warmUp, long steps, double end) {
        return step -> {
            if (step < warmUp) return peak * (step + 1.0) / warmUp;
            double progress = Math.min(1, (step - warmUp) / (double) Math.max(1, steps - warmUp));
            return peak * (end + (1 - end) * 0.5 * (1 + Math.cos(Math.PI * progress)));
        };
    }
}
