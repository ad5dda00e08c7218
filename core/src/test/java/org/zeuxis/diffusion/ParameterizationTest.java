package org.zeuxis.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class ParameterizationTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    @ParameterizedTest
    @EnumSource
    void aPerfectPredictionGivesBackDataAndNoise(Parameterization predicts) {
        Seed seed = Seed.of(1);
        Tensor x0 = seed.randn(2, 3, 4, 4);
        Tensor eps = seed.randn(2, 3, 4, 4);
        for (long step : new long[] {20, 500, 999}) {
            Tensor t = Tensor.of(new long[] {step, step}, 2);
            double alphaBar = SCHEDULE.alphaBar((int) step);
            Tensor xt = SCHEDULE.addNoise(x0, eps, t);
            Tensor prediction = predicts.target(SCHEDULE, x0, eps, t);
            assertThat(predicts.x0(prediction, xt, alphaBar).maxDifference(x0)).isLessThan(2e-5);
            assertThat(predicts.eps(prediction, xt, alphaBar).maxDifference(eps))
                    .isLessThan(2e-5);
            assertThat(predicts.of(x0, xt, alphaBar).maxDifference(prediction)).isLessThan(2e-5);
        }
    }

    @Test
    void noiseSaysNothingOfTheDataWhereThereIsNone() {
        Tensor x = Tensor.ones(1, 1);
        assertThatThrownBy(() -> Parameterization.EPSILON.x0(x, x, 0)).hasMessageContaining("use V");
        assertThat(Parameterization.V.x0(x, x, 0).item()).isEqualTo(-1);
    }

    @Test
    void namesAreThoseOfDiffusers() {
        assertThat(Parameterization.named("epsilon")).isEqualTo(Parameterization.EPSILON);
        assertThat(Parameterization.named("sample")).isEqualTo(Parameterization.X0);
        assertThat(Parameterization.named("v_prediction")).isEqualTo(Parameterization.V);
        assertThatThrownBy(() -> Parameterization.named("flow")).hasMessageContaining("got flow");
    }
}
