package org.zeuxis.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Back-propagates a loss that compares every sample of a batch with every other, with the activations of only one chunk
 * in memory at a time: all samples are embedded without gradients, the loss gives its gradients at the embeddings, and
 * each chunk is embedded again to pass its part of them on. What comes out are the gradients of the whole batch at once.
 *
 * @param chunk samples that go through a tower at once, at least 1
 * @see <a href="https://arxiv.org/abs/2101.06983">Scaling deep contrastive learning batch size under memory limited
 *     setup</a>, section 3
 */
public record GradientCache(int chunk) {

    /** An encoder over the samples of one batch; it is asked twice for each chunk and must give the same both times. */
    @FunctionalInterface
    public interface Tower {
        /**
         * @param from first sample of the chunk
         * @param to sample after its last
         * @return [to - from, width]
         */
        Tensor embed(int from, int to);
    }

    public GradientCache {
        if (chunk < 1) throw new IllegalArgumentException("expected chunks of at least 1 sample, got " + chunk);
    }

    /**
     * Adds the gradients of the loss to those of all it depends on: the towers' parameters and what the loss itself
     * uses, such as a temperature.
     *
     * @param samples of the batch
     * @param loss of the embeddings that the towers gave, [samples, width] each, in their order
     * @return the loss
     */
    public double backward(int samples, List<Tower> towers, Function<List<Tensor>, Tensor> loss) {
        try (Scope scope = new Scope()) {
            List<Tensor> cached = new ArrayList<>();
            double value = cache(samples, towers, loss, cached);
            for (int i = 0; i < cached.size(); i++) passOn(towers.get(i), cached.get(i));
            return value;
        }
    }

    /** Collects the loss's gradient at the embeddings of each tower, [samples, width]. */
    private double cache(int samples, List<Tower> towers, Function<List<Tensor>, Tensor> loss, List<Tensor> cached) {
        try (Scope scope = new Scope()) {
            List<Tensor> embeddings = new ArrayList<>();
            for (Tower tower : towers) embeddings.add(embeddings(samples, tower).recordGradient());
            Tensor whole = loss.apply(embeddings);
            whole.backward();
            for (Tensor embedding : embeddings) {
                Tensor gradient = embedding.grad();
                cached.add(scope.keep(gradient == null ? Tensor.zeros(embedding.shape()) : gradient));
            }
            return whole.item();
        }
    }

    private Tensor embeddings(int samples, Tower tower) {
        List<Tensor> parts = new ArrayList<>();
        try (Gradients off = Gradients.off()) {
            for (int from = 0; from < samples; from += chunk) {
                try (Scope scope = new Scope()) {
                    parts.add(scope.keep(tower.embed(from, Math.min(samples, from + chunk))));
                }
            }
            return Tensor.cat(0, parts);
        }
    }

    private void passOn(Tower tower, Tensor gradient) {
        int samples = (int) gradient.size(0);
        for (int from = 0; from < samples; from += chunk) {
            int to = Math.min(samples, from + chunk);
            try (Scope scope = new Scope()) {
                tower.embed(from, to).backward(gradient.slice(0, from, to));
            }
        }
    }
}
