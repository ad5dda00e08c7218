package org.zeuxis.tensor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AutocastTest {
    private final Tensor x = Seed.of(1).randn(4, 8);
    private final Tensor weight = Seed.of(2).randn(6, 8);

    private DType linear() {
        return x.linear(weight, null).dtype();
    }

    @Test
    void multipliesInBfloat16AndRestores() {
        assertThat(linear()).isEqualTo(DType.FLOAT32);
        try (Autocast on = Autocast.bfloat16()) {
            assertThat(linear()).isEqualTo(DType.BFLOAT16);
            assertThat(x.plus(1).dtype()).isEqualTo(DType.FLOAT32);
        }
        assertThat(linear()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void takesBfloat16OnlyWhereTheProcessorMultipliesIt() {
        try (Autocast on = Autocast.fastest()) {
            assertThat(linear()).isEqualTo(Engine.multipliesBfloat16() ? DType.BFLOAT16 : DType.FLOAT32);
        }
        assertThat(linear()).isEqualTo(DType.FLOAT32);
        if (Engine.instructionSet().equals("AVX2") || Engine.instructionSet().equals("DEFAULT"))
            assertThat(Engine.multipliesBfloat16()).isFalse();
    }

    @Test
    void nests() {
        try (Autocast outer = Autocast.bfloat16()) {
            try (Autocast inner = Autocast.bfloat16()) {
                assertThat(linear()).isEqualTo(DType.BFLOAT16);
            }
            assertThat(linear()).isEqualTo(DType.BFLOAT16);
        }
        assertThat(linear()).isEqualTo(DType.FLOAT32);
    }

    @Test
    void restoresAfterAnException() {
        try (Autocast on = Autocast.bfloat16()) {
            throw new IllegalStateException("on purpose");
        } catch (IllegalStateException expected) {
            assertThat(linear()).isEqualTo(DType.FLOAT32);
        }
    }

    /** LibTorch keeps its bfloat16 copies of weights until the outermost autocast ends. */
    @Test
    void seesAWeightThatChangedBetweenTwoUses() {
        Tensor w = Tensor.ones(1, 8).recordGradient();
        Tensor ones = Tensor.ones(1, 8);
        for (int expected : new int[] {8, 16}) {
            try (Autocast on = Autocast.bfloat16()) {
                assertThat(ones.linear(w, null).item()).isEqualTo(expected);
            }
            InPlace.assign(w, Tensor.full(2, 1, 8));
        }
    }

    @Test
    void gradientsReachFloat32Weights() {
        Tensor w = weight.copy().recordGradient();
        try (Autocast on = Autocast.bfloat16()) {
            x.linear(w, null).to(DType.FLOAT32).square().sum().backward();
        }
        assertThat(requireNonNull(w.grad()).dtype()).isEqualTo(DType.FLOAT32);
        Tensor plain = weight.copy().recordGradient();
        x.linear(plain, null).square().sum().backward();
        double scale = requireNonNull(plain.grad()).abs().max();
        assertThat(requireNonNull(w.grad()).maxDifference(requireNonNull(plain.grad())))
                .isBetween(1e-9, 0.02 * scale);
    }

    @Test
    void attentionKeepsTheTypeOfItsQueries() {
        Tensor q = Seed.of(3).randn(1, 2, 5, 8);
        try (Autocast on = Autocast.bfloat16()) {
            assertThat(Tensor.attention(q, q, q).dtype()).isEqualTo(DType.FLOAT32);
            Tensor half = q.to(DType.BFLOAT16);
            assertThat(Tensor.attention(half, q, q).dtype()).isEqualTo(DType.BFLOAT16);
        }
    }
}
