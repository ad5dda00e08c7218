package org.zeuxis.train.optimizer;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Remembers of the squared gradients of a matrix the means of its rows and of its columns alone, and takes steps in
 * proportion to the parameter's own size. Of a kernel the last two axes are the matrix, as in PyTorch.
 *
 * @see <a href="https://arxiv.org/abs/1804.04235">Adafactor</a>, Algorithms 4 and 5
 */
public final class Adafactor implements Optimizer {

    /**
     * @param decay of the memory: at step t, t^−decay of it is the new squared gradient
     * @param threshold above which the root mean square of an update is brought down to it, d in the paper
     * @param epsilon1 added to squared gradients
     * @param epsilon2 least size of a parameter that steps are in proportion to
     * @param weightDecay of matrices and kernels, in the step's own proportion; gains, biases and other vectors do not decay
     */
    public record Config(double decay, double threshold, double epsilon1, double epsilon2, double weightDecay)
            implements Optimizer.Config {
        /** Section 9. */
        public static final Config PAPER = new Config(0.8, 1, 1e-30, 1e-3, 0);

        public Config {
            if (!(decay > 0 && decay <= 1) || !(threshold > 0) || !(epsilon1 > 0) || !(epsilon2 > 0)) {
                throw new IllegalArgumentException(
                        "expected a decay above 0 and up to 1, and threshold, epsilon1 and epsilon2 above 0, got "
                                + decay + ", " + threshold + ", " + epsilon1 + " and " + epsilon2);
            }
        }

        @Override
        public Optimizer over(FlatParameters parameters) {
            return new Adafactor(this, parameters);
        }
    }

    private final Config config;
    private final FlatParameters parameters;
    private final Map<String, Tensor> rows = new LinkedHashMap<>(); // [..., height]
    private final Map<String, Tensor> columns = new LinkedHashMap<>(); // [..., width]
    private final Map<String, Tensor> whole = new LinkedHashMap<>(); // of vectors

    public Adafactor(Config config, FlatParameters parameters) {
        this.config = config;
        this.parameters = parameters;
        parameters.named(parameters.values()).forEach((name, x) -> {
            long[] shape = x.shape();
            int rank = shape.length;
            if (rank < 2) {
                whole.put(name, Tensor.zeros(shape).outliving());
                return;
            }
            long[] columnsShape = Arrays.copyOf(shape, rank - 1);
            columnsShape[rank - 2] = shape[rank - 1];
            rows.put(name, Tensor.zeros(Arrays.copyOf(shape, rank - 1)).outliving());
            columns.put(name, Tensor.zeros(columnsShape).outliving());
        });
    }

    @Override
    public void step(long step, double learningRate) {
        try (Scope scope = new Scope();
                Gradients off = Gradients.off()) {
            double fresh = Math.pow(step + 1, -config.decay);
            Map<String, Tensor> gradients = parameters.named(parameters.gradients());
            parameters.named(parameters.values()).forEach((name, x) -> {
                Tensor g = gradients.get(name);
                if (g != null) move(name, x, g, fresh, learningRate);
            });
        }
    }

    private void move(String name, Tensor x, Tensor g, double fresh, double rho) {
        try (Scope scope = new Scope()) {
            Tensor u = scaled(name, g, fresh);
            u = u.over(size(u).over(config.threshold).clamp(1, Double.POSITIVE_INFINITY));
            Tensor alpha =
                    size(x).clamp(config.epsilon2, Double.POSITIVE_INFINITY).times(rho);
            Tensor decayed =
                    !FlatParameters.decays(x) ? x : x.minus(x.times(alpha).times(config.weightDecay));
            InPlace.assign(x, decayed.minus(u.times(alpha)));
        }
    }

    /** The gradient over the root of what is remembered of its squares. */
    private Tensor scaled(String name, Tensor g, double fresh) {
        Tensor squares = g.square().plus(config.epsilon1);
        Tensor v = whole.get(name);
        if (v != null) {
            InPlace.drift(v, squares, fresh);
            return g.times(v.pow(-0.5));
        }
        Tensor row = remembered(rows, name);
        Tensor column = remembered(columns, name);
        InPlace.drift(row, squares.mean(-1).squeeze(-1), fresh);
        InPlace.drift(column, squares.mean(-2).squeeze(-2), fresh);
        Tensor share = row.over(row.mean(-1)).pow(-0.5);
        return g.times(share.unsqueeze(-1).times(column.pow(-0.5).unsqueeze(-2)));
    }

    private static Tensor remembered(Map<String, Tensor> all, String name) {
        return Objects.requireNonNull(all.get(name), name);
    }

    /** The root mean square. */
    private static Tensor size(Tensor x) {
        return x.square().mean().sqrt();
    }

    @Override
    public Map<String, Map<String, Tensor>> state() {
        return Map.of("rows", rows, "columns", columns, "squares", whole);
    }
}
