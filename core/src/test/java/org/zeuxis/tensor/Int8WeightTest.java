package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Int8WeightTest {
    private static final int OUT = 96;
    private static final int IN = 40;

    /** Each output has numbers of another size; the last has none but zeros. */
    private static Tensor weight(DType type) {
        return weight(type, IN);
    }

    private static Tensor weight(DType type, int in) {
        Tensor sizes =
                Tensor.linspace(0.01, 30, OUT).times(Tensor.linspace(1, 0, OUT).clamp(0, 1e-3));
        return Seed.of(1).randn(OUT, in).times(sizes.unsqueeze(1)).to(type);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, 1e-6", "BFLOAT16, 0.004"})
    void eachNumberIsNearerThanHalfAStepOfItsOutput(DType type, double rounding) {
        Tensor weight = weight(type);
        Tensor kept = weight.copy().to(DType.FLOAT32);
        weight.roundForLinear(8);
        assertThat(weight.isPacked()).isTrue();
        assertThat(weight.dtype()).isEqualTo(type);
        assertThat(weight.shape()).containsExactly(OUT, IN);
        Tensor largest = kept.abs().max(1);
        Tensor off = weight.to(DType.FLOAT32).minus(kept).abs().max(1);
        Tensor allowed = largest.times(0.5 / 127 + rounding);
        assertThat(off.minus(allowed).max()).isLessThanOrEqualTo(0);
        assertThat(off.max()).isPositive();
    }

    /** Of few rows another kernel than of many, and of widths that are multiples of 16. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 1, 40", "FLOAT32, 1, 48", "FLOAT32, 8, 48", "FLOAT32, 9, 48",
        "BFLOAT16, 1, 40", "BFLOAT16, 1, 48", "BFLOAT16, 8, 48", "BFLOAT16, 9, 48"
    })
    void aLinearLayerGivesWhatItsRoundedNumbersGive(DType type, long rows, int in) {
        expectWhatRoundedNumbersGive(weight(type, in), 8, rows);
    }

    /** With a bias and without. */
    static void expectWhatRoundedNumbersGive(Tensor weight, int bits, long rows) {
        try (Gradients off = Gradients.off()) {
            DType type = weight.dtype();
            long out = weight.size(0);
            Tensor bias = Seed.of(2).randn(out).to(type);
            Tensor x = Seed.of(3).randn(2, rows, weight.size(1)).to(type);
            weight.roundForLinear(bits);
            Tensor rounded = weight.copy();
            assertThat(rounded.isPacked()).isFalse();
            for (Tensor b : new Tensor[] {null, bias}) {
                Tensor expected =
                        x.to(DType.FLOAT32).linear(rounded.to(DType.FLOAT32), b == null ? null : b.to(DType.FLOAT32));
                Tensor y = x.linear(weight, b);
                assertThat(y.dtype()).isEqualTo(type);
                assertThat(y.shape()).containsExactly(2, rows, out);
                assertThat(y.to(DType.FLOAT32).maxDifference(expected))
                        .isLessThan((type == DType.FLOAT32 ? 1e-5 : 0.02)
                                * expected.abs().max());
            }
        }
    }

    /** Whoever trains through it reaches what comes in, and a weight in training is left alone. */
    @Test
    void gradientsPass() {
        Tensor weight = weight(DType.FLOAT32);
        weight.roundForLinear(8);
        Tensor x = Seed.of(3).randn(7, IN).recordGradient();
        x.linear(weight, null).mean().backward();
        assertThat(x.grad()).isNotNull();
        Tensor trained = weight(DType.FLOAT32).recordGradient();
        trained.roundForLinear(8);
        assertThat(trained.isPacked()).isFalse();
    }
}
