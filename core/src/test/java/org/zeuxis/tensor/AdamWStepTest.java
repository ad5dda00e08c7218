package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;

class AdamWStepTest {
    private static final int STEPS = 20;

    @ParameterizedTest
    @CsvSource({
        "b2-0.999, matrix, 0.999, 1e-8, 0.01",
        "b2-0.999, bias, 0.999, 1e-8, 0.01",
        "b2-0.98, matrix, 0.98, 1e-6, 0.01",
        "b2-0.98, bias, 0.98, 1e-6, 0.01",
        "no-decay-on-bias, matrix, 0.999, 1e-8, 0.2",
        "no-decay-on-bias, bias, 0.999, 1e-8, 0",
        "warm-up, matrix, 0.999, 1e-8, 0.01",
        "warm-up, bias, 0.999, 1e-8, 0.01"
    })
    void walksAsPythonWalks(String variant, String name, double beta2, double epsilon, double decay) {
        try (Golden golden = Golden.open("training.safetensors")) {
            Tensor x = golden.tensor("in.adamw.start." + name).copy();
            Tensor gradients = golden.tensor("in.adamw.gradient." + name);
            Tensor expected = golden.tensor("out.adamw." + variant + "." + name);
            Tensor m = x.times(0);
            Tensor v = x.times(0);
            for (int i = 0; i < STEPS; i++) {
                double rate = variant.equals("warm-up") ? warmUp(i) : 1;
                AdamWStep.apply(x, gradients.select(0, i), m, v, i + 1, 1e-2 * rate, 0.9, beta2, decay, epsilon);
                assertThat(x.maxDifference(expected.select(0, i)))
                        .as("step " + (i + 1))
                        .isLessThan(1e-6);
            }
            golden.check("out.adamw." + variant + ".exp_avg." + name, m, 1e-6);
            golden.check("out.adamw." + variant + ".exp_avg_sq." + name, v, 1e-6);
        }
    }

    /** Linear over 10 steps, then half a cosine to step 20. */
    private static double warmUp(int i) {
        return i < 10 ? (i + 1) / 10.0 : 0.5 * (1 + Math.cos(Math.PI * (i - 10) / 10));
    }

    @Test
    void theFirstStepIsItsClosedForm() {
        double rate = 0.1;
        double decay = 0.3;
        double epsilon = 1e-3;
        float[] x0 = {1, -2, 0.5f};
        float[] g = {0.25f, -4, 0.001f};
        Tensor x = Tensor.of(x0, 3);
        AdamWStep.apply(x, Tensor.of(g, 3), Tensor.zeros(3), Tensor.zeros(3), 1, rate, 0.9, 0.999, decay, epsilon);
        // both averages, freed of their bias, are the gradient and its square
        float[] x1 = x.toFloats();
        for (int i = 0; i < 3; i++) {
            double expected = x0[i] * (1 - rate * decay) - rate * g[i] / (Math.abs(g[i]) + epsilon);
            assertThat((double) x1[i]).isCloseTo(expected, Offset.offset(1e-6));
        }
    }

    /** LibTorch's own options store the two betas in reverse; after one step only the averages can tell. */
    @Test
    void eachBetaReachesItsOwnAverage() {
        Tensor m = Tensor.zeros(1);
        Tensor v = Tensor.zeros(1);
        AdamWStep.apply(Tensor.ones(1), Tensor.full(2, 1), m, v, 1, 1e-3, 0.9, 0.999, 0, 1e-8);
        assertThat(m.item()).isCloseTo(0.1 * 2, Offset.offset(1e-6));
        assertThat(v.item()).isCloseTo(0.001 * 4, Offset.offset(1e-7));
    }

    @Test
    void leavesGradientsAlone() {
        Tensor g = Tensor.of(new float[] {1, 2}, 2);
        AdamWStep.apply(Tensor.ones(2), g, Tensor.zeros(2), Tensor.zeros(2), 1, 1e-3, 0.9, 0.999, 0.01, 1e-8);
        assertThat(g.toFloats()).containsExactly(1, 2);
    }
}
