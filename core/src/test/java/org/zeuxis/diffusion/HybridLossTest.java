package org.zeuxis.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** @see <a href="../../../../../../../tools/golden/hybrid_loss.py">hybrid_loss.py</a> */
class HybridLossTest {
    private static final NoiseSchedule COSINE = NoiseSchedule.cosine(1000);

    @ParameterizedTest
    @CsvSource({"cosine-epsilon, epsilon", "linear-v, v_prediction", "cosine-sample, sample"})
    void lossAndGradientsAreThoseOfTheReference(String name, String predicts) {
        NoiseSchedule schedule = name.startsWith("linear") ? NoiseSchedule.linear(1000, 1e-4, 0.02) : COSINE;
        try (Golden golden = Golden.open("hybrid-loss.safetensors")) {
            Tensor predicted = golden.tensor("in." + name + ".predicted").copy().recordGradient();
            DiffusionLoss.Losses losses = new HybridLoss(schedule, Parameterization.named(predicts))
                    .of(
                            (xt, t) -> predicted,
                            golden.tensor("in.x0"),
                            golden.tensor("in.eps"),
                            golden.tensor("in.timesteps"));
            golden.check("out." + name + ".loss", losses.mean(), 1e-4);
            losses.mean().backward();
            golden.check("out." + name + ".gradient", predicted.grad(), 1e-4);
        }
    }

    /** Equation 16: the bound teaches the variance alone. */
    @Test
    void theBoundDoesNotMoveTheMean() {
        Tensor x0 = Seed.of(1).rand(4, 3, 4, 4).times(2).minus(1);
        Tensor eps = Seed.of(2).randn(4, 3, 4, 4);
        Tensor t = Tensor.of(new long[] {0, 3, 500, 900}, 4);
        Tensor withBound = Seed.of(3).randn(4, 6, 4, 4).recordGradient();
        new HybridLoss(COSINE, Parameterization.V)
                .of((xt, s) -> withBound, x0, eps, t)
                .mean()
                .backward();
        Tensor alone = Seed.of(3).randn(4, 6, 4, 4).recordGradient();
        new DiffusionLoss(COSINE, Parameterization.V)
                .of((xt, s) -> alone.slice(1, 0, 3), x0, eps, t)
                .mean()
                .backward();
        Tensor moved = withBound.grad();
        Tensor expected = alone.grad();
        assertThat(moved.slice(1, 0, 3).maxDifference(expected.slice(1, 0, 3))).isLessThan(1e-7);
        assertThat(moved.slice(1, 3, 6).abs().max()).isGreaterThan(1e-6);
    }

    /** A network that knows the data and answers with the posterior's own variance loses nothing after the first timestep. */
    @Test
    void thePosteriorItselfCostsNothing() {
        Tensor x0 = Seed.of(1).rand(3, 3, 4, 4).times(2).minus(1);
        Tensor t = Tensor.of(new long[] {2, 400, 990}, 3);
        Tensor perfect = Tensor.cat(1, x0, Tensor.full(-1, 3, 3, 4, 4)).to(DType.FLOAT32);
        HybridLoss loss = new HybridLoss(COSINE, Parameterization.X0, 1);
        double mean = loss.of((xt, s) -> perfect, x0, Seed.of(2).randn(3, 3, 4, 4), t)
                .mean()
                .item();
        assertThat(mean).isCloseTo(0, within(1e-5));
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new HybridLoss(COSINE, Parameterization.V, -1))
                .hasMessage("expected a lambda of at least 0, such as 0.001, got -1.0");
        assertThatThrownBy(() -> new HybridLoss(COSINE.withZeroTerminalSnr(), Parameterization.EPSILON))
                .hasMessageContaining("expected a network that predicts x0 or v on a schedule that ends in pure noise");
    }

    @Test
    void theSameSeedDrawsTheSameLoss() {
        Tensor x0 = Seed.of(1).rand(2, 3, 4, 4).times(2).minus(1);
        HybridLoss loss = new HybridLoss(COSINE, Parameterization.EPSILON);
        Network network = (xt, t) -> Tensor.cat(1, xt, xt);
        assertThat(loss.of(network, x0, Seed.of(5)).mean().item())
                .isEqualTo(loss.of(network, x0, Seed.of(5)).mean().item())
                .isNotEqualTo(loss.of(network, x0, Seed.of(6)).mean().item());
    }
}
