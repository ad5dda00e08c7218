package org.zeuxis.eval.fidelity;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.eval.Proportion;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Whether generated pictures lie among the real ones, and real ones among the generated: within the distance of the third
 * nearest neighbour that one of the others has among its own.
 *
 * @param precision share of the generated pictures that could be real
 * @param recall share of the real pictures that could be generated
 * @see <a href="https://arxiv.org/abs/1904.06991">Improved precision and recall metric</a>, section 2
 */
public record PrecisionRecall(Proportion precision, Proportion recall) {
    private static final int NEIGHBOUR = 3;
    private static final int ROWS = 1000;

    /**
     * @param generated [pictures, width]
     * @param real [pictures, width]
     * @throws IllegalArgumentException if there are no more than three of either
     */
    public static PrecisionRecall of(Tensor generated, Tensor real) {
        generated.expect("pictures", real.size(-1));
        long fewest = Math.min(generated.size(0), real.size(0));
        if (fewest <= NEIGHBOUR) {
            throw new IllegalArgumentException("expected more than " + NEIGHBOUR + " pictures of each, got " + fewest);
        }
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor g = generated.to(DType.FLOAT64);
            Tensor r = real.to(DType.FLOAT64);
            return new PrecisionRecall(within(g, r), within(r, g));
        }
    }

    /** How many of {@code some} lie in the ball of at least one of {@code others}. */
    private static Proportion within(Tensor some, Tensor others) {
        Tensor radii = radii(others); // [others]
        long inside = 0;
        for (long from = 0; from < some.size(0); from += ROWS) {
            try (Scope scope = new Scope()) {
                Tensor rows = some.slice(0, from, Math.min(some.size(0), from + ROWS));
                Tensor nearest = SquaredDistances.of(rows, others).minus(radii); // [rows, others]
                inside += (long) nearest.negate()
                        .max(-1)
                        .lessThan(0)
                        .to(DType.FLOAT64)
                        .minus(1)
                        .negate()
                        .sum()
                        .item();
            }
        }
        return new Proportion(inside, some.size(0));
    }

    /** For each, the squared distance to its third nearest other one. */
    private static Tensor radii(Tensor x) {
        List<Tensor> parts = new ArrayList<>();
        for (long from = 0; from < x.size(0); from += ROWS) {
            try (Scope scope = new Scope()) {
                Tensor near = SquaredDistances.of(x.slice(0, from, Math.min(x.size(0), from + ROWS)), x)
                        .negate();
                // the nearest of all is the picture itself
                Tensor place = near.topPlaces(NEIGHBOUR + 1).slice(-1, NEIGHBOUR, NEIGHBOUR + 1);
                parts.add(scope.keep(near.gather(-1, place).negate().squeeze(-1)));
            }
        }
        return Tensor.cat(0, parts);
    }
}
