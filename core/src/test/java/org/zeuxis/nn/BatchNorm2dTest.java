package org.zeuxis.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.optimizer.AdamW;
import org.zeuxis.train.optimizer.FlatParameters;

/** Batch norm against Algorithm 2 by hand: one channel of four numbers, mean 2.5, variance 1.25, unbiased 5/3. */
class BatchNorm2dTest {
    private final BatchNorm2d norm = new BatchNorm2d(1, 0);
    private final Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 1, 1, 2);

    private float[] gathering() {
        try (BatchStatistics on = BatchStatistics.gathered()) {
            return norm.forward(x).toFloats();
        }
    }

    private double gathered(String which) {
        return norm.parameters().get(which).item();
    }

    @Test
    void inTrainingItNormalisesByTheBatchAndGathersATenthOfIt() {
        double deviation = Math.sqrt(1.25);
        assertThat(gathering())
                .containsExactly(
                        new float[] {
                            (float) (-1.5 / deviation),
                            (float) (-0.5 / deviation),
                            (float) (0.5 / deviation),
                            (float) (1.5 / deviation)
                        },
                        within(1e-6f));
        assertThat(gathered("running_mean")).isCloseTo(0.25, within(1e-6));
        assertThat(gathered("running_var")).isCloseTo(0.9 + 0.1 * 5 / 3, within(1e-6));
    }

    @Test
    void elsewhereItNormalisesByWhatWasGathered() {
        assertThat(norm.forward(x).toFloats()).containsExactly(new float[] {1, 2, 3, 4}, within(1e-6f));
        gathering();
        assertThat(norm.forward(x).toFloats()[0])
                .isCloseTo((float) ((1 - 0.25) / Math.sqrt(0.9 + 0.1 * 5 / 3)), within(1e-6f));
        assertThat(gathered("running_mean")).as("nothing more is gathered").isCloseTo(0.25, within(1e-6));
    }

    @Test
    void anOptimiserThatHoldsTheGatheredLeavesThemAlone() {
        Map<String, Tensor> all = norm.parameters();
        FlatParameters flat = new FlatParameters(all);
        AdamW adam = new AdamW(new AdamW.Config(0.9, 0.99, 1e-8, 0.1), flat);
        try (BatchStatistics on = BatchStatistics.gathered()) {
            norm.forward(x)
                    .square()
                    .times(Tensor.of(new float[] {1, 2, 3, 4}, 2, 1, 1, 2))
                    .mean()
                    .backward();
        }
        adam.step(0, 0.1);
        assertThat(gathered("running_mean")).isCloseTo(0.25, within(1e-6));
        assertThat(gathered("running_var")).isCloseTo(0.9 + 0.1 * 5 / 3, within(1e-6));
        assertThat(gathered("weight")).as("the gain has moved").isNotCloseTo(1, within(1e-3));
    }

    @Test
    void theModeEndsWithItsBlock() {
        try (BatchStatistics outer = BatchStatistics.gathered()) {
            gathering();
            assertThat(BatchStatistics.areGathered()).isTrue();
        }
        assertThat(BatchStatistics.areGathered()).isFalse();
    }
}
