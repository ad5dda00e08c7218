package org.zeuxis.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class DiffusionLossTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    @ParameterizedTest
    @CsvSource({
        "scaled_linear, epsilon",
        "scaled_linear, v_prediction",
        "scaled_linear, sample",
        "squaredcos_cap_v2, epsilon",
        "squaredcos_cap_v2, v_prediction",
        "squaredcos_cap_v2, sample"
    })
    void minSnrWeightsAreThoseOfDiffusers(String name, String predicts) {
        NoiseSchedule schedule = NoiseSchedule.named(name, 1000, 0.00085, 0.012, false);
        LossWeight weight = LossWeight.minSnr(5);
        try (Golden golden = Golden.open("training.safetensors")) {
            long[] t = golden.tensor("in.min_snr.timesteps").toLongs();
            float[] expected =
                    golden.tensor("out.min_snr." + name + "." + predicts).toFloats();
            for (int i = 0; i < t.length; i++) {
                assertThat(weight.of(schedule.snr((int) t[i]), Parameterization.named(predicts)))
                        .as("timestep " + t[i])
                        .isCloseTo(expected[i], within(1e-4 * expected[i]));
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"EPSILON, WHOLE", "X0, WHOLE", "V, WHOLE", "EPSILON, CONTINUOUS", "X0, CONTINUOUS", "V, CONTINUOUS"})
    void aPerfectNetworkCostsNothingAndAnotherDoes(Parameterization predicts, Times times) {
        Tensor x0 = Seed.of(1).randn(4, 3, 2, 2);
        DiffusionLoss loss = new DiffusionLoss(SCHEDULE, predicts, LossWeight.minSnr(5), times);
        // it knows the data, and so what noise was added
        Network perfect = (xt, t) -> {
            Tensor[] each = new Tensor[4];
            for (int i = 0; i < 4; i++) {
                double alphaBar = SCHEDULE.alphaBar((double) t.toFloats()[i]);
                each[i] = predicts.of(x0.slice(0, i, i + 1), xt.slice(0, i, i + 1), alphaBar);
            }
            return Tensor.cat(0, each);
        };
        assertThat(loss.of(perfect, x0, Seed.of(2)).mean().item()).isLessThan(1e-8);
        assertThat(loss.of((xt, t) -> xt.times(0.3), x0, Seed.of(2)).mean().item())
                .isGreaterThan(0.01);
    }

    @Test
    void theMeanIsThatOfTheSamplesByTheirWeight() {
        Tensor x0 = Seed.of(1).randn(8, 3, 2, 2);
        Network half = (xt, t) -> xt.times(0.5);
        LossWeight weight = LossWeight.minSnr(5);
        DiffusionLoss.Losses plain = new DiffusionLoss(SCHEDULE, Parameterization.V).of(half, x0, Seed.of(3));
        DiffusionLoss.Losses weighted =
                new DiffusionLoss(SCHEDULE, Parameterization.V, weight, Times.WHOLE).of(half, x0, Seed.of(3));
        assertThat(plain.mean().item()).isCloseTo(plain.perSample().mean().item(), within(1e-6));
        assertThat(weighted.perSample().maxDifference(plain.perSample())).isZero();
        double expected = 0;
        float[] perSample = plain.perSample().toFloats();
        long[] t = plain.t().toLongs();
        for (int i = 0; i < 8; i++) {
            expected += weight.of(SCHEDULE.snr((int) t[i]), Parameterization.V) * perSample[i] / 8;
        }
        assertThat(weighted.mean().item()).isCloseTo(expected, within(1e-6));
    }

    @Test
    void timestepsAreUniformAndTheSeedDecides() {
        Tensor x0 = Tensor.zeros(4000, 1);
        DiffusionLoss loss = new DiffusionLoss(SCHEDULE, Parameterization.EPSILON);
        Network none = (xt, t) -> xt.times(0);
        long[] t = loss.of(none, x0, Seed.of(4)).t().toLongs();
        assertThat(Arrays.stream(t).average().orElseThrow()).isCloseTo(499.5, within(20.0));
        assertThat(Arrays.stream(t).min().orElseThrow()).isBetween(0L, 10L);
        assertThat(Arrays.stream(t).max().orElseThrow()).isBetween(989L, 999L);
        assertThat(loss.of(none, x0, Seed.of(4)).t().toLongs()).isEqualTo(t);
        assertThat(loss.of(none, x0, Seed.of(5)).t().toLongs()).isNotEqualTo(t);
    }

    @Test
    void continuousTimesLieBetweenTimestepsAndTheNoiseIsTheirs() {
        Tensor x0 = Tensor.zeros(4000, 50);
        DiffusionLoss loss =
                new DiffusionLoss(SCHEDULE, Parameterization.EPSILON, LossWeight.UNIFORM, Times.CONTINUOUS);
        List<Tensor> shown = new ArrayList<>();
        Network none = (xt, t) -> {
            shown.addAll(List.of(xt, t));
            return xt.times(0);
        };
        float[] t = loss.of(none, x0, Seed.of(4)).t().toFloats();
        assertThat(shown.get(1).toFloats()).as("what the network is told").isEqualTo(t);
        float[] power = shown.get(0).square().mean(1).toFloats();
        double sum = 0;
        double ratio = 0;
        int whole = 0;
        for (int i = 0; i < t.length; i++) {
            assertThat(t[i]).isBetween(0f, 999f);
            sum += t[i] / t.length;
            ratio += power[i] / (1 - SCHEDULE.alphaBar((double) t[i])) / t.length;
            if (t[i] == Math.rint(t[i])) whole++;
        }
        assertThat(sum).isCloseTo(499.5, within(20.0));
        assertThat(ratio).isCloseTo(1, within(0.02));
        assertThat(whole).isLessThan(10);
    }

    @Test
    void gradientsReachTheNetwork() {
        Tensor w = Tensor.full(0.5, 1).recordGradient();
        Tensor x0 = Seed.of(1).randn(4, 3, 2, 2);
        DiffusionLoss.Losses losses =
                new DiffusionLoss(SCHEDULE, Parameterization.EPSILON).of((xt, t) -> xt.times(w), x0, Seed.of(6));
        losses.mean().backward();
        assertThat(w.grad()).isNotNull();
        assertThat(losses.perSample().requiresGrad()).isFalse();
    }

    @Test
    void refusesAGammaThatWeighsNothing() {
        assertThatThrownBy(() -> LossWeight.minSnr(0)).hasMessageContaining("such as 5, got 0");
    }
}
