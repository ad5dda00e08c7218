package org.zeuxis.train.optimizer;

import java.util.List;
import java.util.Map;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Keeps the gradients of each unit from being longer than a share of its weights. A unit is what leads to one output of a matrix or
 * kernel; a gain, bias or other vector is one unit as a whole.
 *
 * @see <a href="https://arxiv.org/abs/2102.06171">High-Performance Large-Scale Image Recognition Without Normalization</a>, section 4
 */
public final class AdaptiveClipping implements Clipping {

    /**
     * @param share of the length of the weights, λ in the paper
     * @param epsilon least length of the weights, so that what is zero can be learned
     * @param without beginnings of the names of parameters that are left as they are: in the paper those of the last linear layer
     */
    public record Config(double share, double epsilon, List<String> without) implements Clipping.Config {
        public Config {
            if (!(share > 0) || !(epsilon > 0)) {
                throw new IllegalArgumentException(
                        "expected a share and an epsilon above 0, got " + share + " and " + epsilon);
            }
            without = List.copyOf(without);
        }

        @Override
        public Clipping over(FlatParameters parameters) {
            return new AdaptiveClipping(this, parameters);
        }
    }

    private final Config config;
    private final FlatParameters parameters;

    private AdaptiveClipping(Config config, FlatParameters parameters) {
        this.config = config;
        this.parameters = parameters;
        Map<String, Tensor> named = parameters.named(parameters.values());
        for (String start : config.without) {
            if (named.keySet().stream().anyMatch(name -> name.startsWith(start))) continue;
            throw new IllegalArgumentException("expected parameters that begin with " + start + ", got none among "
                    + named.size() + ", such as " + named.keySet().iterator().next());
        }
    }

    @Override
    public void clip(double norm) {
        try (Scope scope = new Scope();
                Gradients off = Gradients.off()) {
            Map<String, Tensor> gradients = parameters.named(parameters.gradients());
            parameters.named(parameters.values()).forEach((name, w) -> {
                Tensor g = gradients.get(name);
                if (g != null && config.without.stream().noneMatch(name::startsWith)) clip(units(w), units(g));
            });
        }
    }

    /** @param w weights, [units, inputs] */
    private void clip(Tensor w, Tensor g) {
        try (Scope scope = new Scope()) {
            Tensor most =
                    w.length(1).clamp(config.epsilon, Double.POSITIVE_INFINITY).times(config.share);
            InPlace.assign(g, g.times(most.over(g.length(1)).clamp(0, 1)));
        }
    }

    private static Tensor units(Tensor x) {
        long units = x.rank() < 2 ? 1 : x.size(0);
        return x.reshape(units, x.count() / units);
    }
}
