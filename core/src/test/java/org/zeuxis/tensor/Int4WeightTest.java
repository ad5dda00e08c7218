package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Int4WeightTest {
    private static final int GROUP = 32;

    /** Each output has numbers of another size, each group a middle of its own; the last has none but zeros. */
    private static Tensor weight(DType type, int out, int in) {
        Tensor sizes =
                Tensor.linspace(0.01, 30, out).times(Tensor.linspace(1, 0, out).clamp(0, 1e-3));
        Tensor middles = Seed.of(4).randn(1, in / GROUP).unsqueeze(2).expand(-1, -1, GROUP);
        Tensor numbers = Seed.of(1).randn(out, in).plus(middles.reshape(1, in));
        return numbers.times(sizes.unsqueeze(1)).to(type);
    }

    @ParameterizedTest
    @CsvSource({"FLOAT32, 96, 1e-6", "BFLOAT16, 96, 0.01", "BFLOAT16, 50, 0.01", "BFLOAT16, 64, 0.01"})
    void eachNumberIsNearerThanHalfAStepOfItsGroup(DType type, int out, double rounding) {
        Tensor weight = weight(type, out, 64);
        Tensor kept = weight.copy().to(DType.FLOAT32).reshape(out, 2, GROUP);
        weight.roundForLinear(4);
        assertThat(weight.isPacked()).isTrue();
        assertThat(weight.dtype()).isEqualTo(type);
        assertThat(weight.shape()).containsExactly(out, 64);
        Tensor range = kept.max(2).plus(kept.negate().max(2));
        Tensor off = weight.to(DType.FLOAT32)
                .reshape(out, 2, GROUP)
                .minus(kept)
                .abs()
                .max(2);
        Tensor allowed = range.times(0.5 / 15).plus(kept.abs().max(2).times(rounding));
        assertThat(off.minus(allowed).max()).isLessThanOrEqualTo(0);
        assertThat(off.max()).isPositive();
        assertThat(off.slice(0, out - 1, out).max()).isZero();
    }

    /** Of few rows another kernel than of many; of outputs that fill no block, and of more than one. */
    @ParameterizedTest
    @CsvSource({
        "FLOAT32, 1, 96",
        "FLOAT32, 50, 96",
        "BFLOAT16, 1, 50",
        "BFLOAT16, 1, 64",
        "BFLOAT16, 1, 200",
        "BFLOAT16, 32, 96",
        "BFLOAT16, 33, 96",
        "BFLOAT16, 33, 50"
    })
    void aLinearLayerGivesWhatItsRoundedNumbersGive(DType type, long rows, int outputs) {
        Int8WeightTest.expectWhatRoundedNumbersGive(weight(type, outputs, 64), 4, rows);
    }

    @Test
    void whatFallsIntoNoGroupsHas8Bits() {
        Tensor odd = Seed.of(1).randn(64, 40);
        Tensor kept = odd.copy();
        odd.roundForLinear(4);
        Tensor eight = kept.copy();
        eight.roundForLinear(8);
        assertThat(odd.isPacked()).isTrue();
        assertThat(odd.copy().maxDifference(eight.copy())).isZero();
        assertThat(odd.copy().maxDifference(kept)).isLessThan(0.02);
    }

    @Test
    void gradientsPass() {
        Tensor weight = weight(DType.FLOAT32, 96, 64);
        weight.roundForLinear(4);
        Tensor x = Seed.of(3).randn(7, 64).recordGradient();
        x.linear(weight, null).mean().backward();
        assertThat(x.grad()).isNotNull();
        Tensor trained = weight(DType.FLOAT32, 96, 64).recordGradient();
        trained.roundForLinear(4);
        assertThat(trained.isPacked()).isFalse();
    }

    /** A table of tokens that is a head, too, gives its rows. */
    @ParameterizedTest
    @CsvSource({"8", "4"})
    void rowsAreTakenOut(int bits) {
        Tensor table = weight(DType.BFLOAT16, 96, 64);
        table.roundForLinear(bits);
        Tensor places = Tensor.of(new long[] {5, 0, 95, 5}, 2, 2);
        Tensor rows = places.embedding(table);
        assertThat(rows.shape()).containsExactly(2, 2, 64);
        assertThat(rows.maxDifference(places.embedding(table.copy()))).isZero();
    }
}
