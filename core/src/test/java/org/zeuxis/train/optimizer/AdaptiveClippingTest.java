package org.zeuxis.train.optimizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Against equation 3 of the paper, unit by unit, in double precision. */
class AdaptiveClippingTest {
    private static final double SHARE = 0.01;
    private static final double EPSILON = 1e-3;

    private final Map<String, Tensor> weights = new LinkedHashMap<>();
    private final Map<String, float[]> gradients = new LinkedHashMap<>();

    private FlatParameters drawn() {
        Tensor kernel = Seed.of(1).randn(4, 3, 2, 2);
        weights.put("kernel", Tensor.cat(0, kernel, Tensor.zeros(1, 3, 2, 2))); // the last unit begins at zero
        weights.put("matrix", Seed.of(2).randn(3, 5));
        weights.put("gain", Seed.of(3).randn(6));
        weights.put("head.weight", Seed.of(4).randn(2, 6));
        FlatParameters parameters = new FlatParameters(weights);
        parameters.named(parameters.gradients()).forEach((name, g) -> {
            Tensor some = Seed.of(name.length()).randn(g.shape());
            // rows of very different lengths: some are short enough
            double[] scales = {1e-4, 1, 1e-6, 30, 1e-4, 1};
            long units = g.rank() < 2 ? 1 : g.size(0);
            float[] values = some.toFloats();
            for (int i = 0; i < values.length; i++) {
                values[i] *= (float) scales[(int) (i / (values.length / units))] * (units == 1 ? 5e3f : 1);
            }
            gradients.put(name, values);
            InPlace.assign(g, Tensor.of(values, g.shape()));
        });
        return parameters;
    }

    private static double length(float[] x, int from, int to) {
        double sum = 0;
        for (int i = from; i < to; i++) sum += (double) x[i] * x[i];
        return Math.sqrt(sum);
    }

    @Test
    void eachUnitIsShortenedByItself() {
        FlatParameters parameters = drawn();
        new AdaptiveClipping.Config(SHARE, EPSILON, List.of("head."))
                .over(parameters)
                .clip(parameters.gradientNorm());
        int shortened = 0;
        int left = 0;
        for (Map.Entry<String, Tensor> each :
                parameters.named(parameters.gradients()).entrySet()) {
            float[] clipped = each.getValue().toFloats();
            float[] before = gradients.get(each.getKey());
            float[] w = weights.get(each.getKey()).detach().toFloats();
            int units = each.getValue().rank() < 2 ? 1 : (int) each.getValue().size(0);
            int inputs = before.length / units;
            for (int u = 0; u < units; u++) {
                int from = u * inputs;
                double most = SHARE * Math.max(length(w, from, from + inputs), EPSILON);
                double norm = length(before, from, from + inputs);
                boolean clips = norm > most && !each.getKey().startsWith("head.");
                double factor = clips ? most / norm : 1;
                if (clips) shortened++;
                else left++;
                for (int i = from; i < from + inputs; i++) {
                    assertThat((double) clipped[i])
                            .as(each.getKey() + " " + i)
                            .isCloseTo(factor * before[i], within(1e-5 * Math.abs(factor * before[i])));
                }
            }
        }
        assertThat(shortened).isEqualTo(5);
        assertThat(left).isEqualTo(6);
    }

    @Test
    void whatIsZeroStaysZero() {
        FlatParameters parameters = new FlatParameters(Map.of("x", Tensor.ones(2, 3)));
        new AdaptiveClipping.Config(SHARE, EPSILON, List.of()).over(parameters).clip(0);
        assertThat(parameters.gradients().toFloats()).containsOnly(0);
    }

    @Test
    void allAsOneVectorAreNoLongerThanTheLimit() {
        FlatParameters parameters = drawn();
        new GlobalNorm(0.5).over(parameters).clip(parameters.gradientNorm());
        assertThat(parameters.gradientNorm()).isCloseTo(0.5, within(1e-5));
        new GlobalNorm(0.6).over(parameters).clip(parameters.gradientNorm());
        assertThat(parameters.gradientNorm()).isCloseTo(0.5, within(1e-5));
    }

    @Test
    void whatCannotBeIsRefused() {
        FlatParameters parameters = drawn();
        assertThatThrownBy(() -> new AdaptiveClipping.Config(SHARE, EPSILON, List.of("last")).over(parameters))
                .hasMessage("expected parameters that begin with last, got none among 4, such as kernel");
        assertThatThrownBy(() -> new AdaptiveClipping.Config(0, EPSILON, List.of()))
                .hasMessage("expected a share and an epsilon above 0, got 0.0 and 0.001");
        assertThatThrownBy(() -> new GlobalNorm(0)).hasMessage("expected a largest norm above 0, got 0.0");
    }
}
