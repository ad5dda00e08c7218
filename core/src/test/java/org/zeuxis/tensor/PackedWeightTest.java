package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A packed weight is the weight it was; on a processor that has no such layout it stays plain and all of this holds too. */
class PackedWeightTest {
    private final Gradients gradients = Gradients.off();

    private static Tensor draw(long seed, long... shape) {
        return Seed.of(seed).randn(shape).to(DType.BFLOAT16);
    }

    @AfterEach
    void restore() {
        gradients.close();
    }

    @Test
    void isPackedWhereTheProcessorMultipliesBfloat16() {
        Tensor weight = draw(1, 48, 32);
        weight.packForLinear(1);
        assertThat(weight.isPacked()).isEqualTo(Engine.multipliesBfloat16());
        Tensor single = Seed.of(1).randn(48, 32);
        single.packForLinear(1);
        assertThat(single.isPacked()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1", "2"})
    void aLinearLayerGivesTheSameAndTheWeightReadsTheSame(int parts) {
        Tensor weight = draw(1, 96, 40);
        Tensor kept = weight.copy();
        Tensor bias = draw(2, 96);
        Tensor x = draw(3, 2, 7, 40);
        Tensor expected = parts == 1 ? x.linear(weight, bias) : x.geglu(weight, bias);
        weight.packForLinear(parts);
        assertThat(weight.shape()).containsExactly(96, 40);
        Tensor y = parts == 1 ? x.linear(weight, bias) : x.geglu(weight, bias);
        assertThat(y.shape()).isEqualTo(expected.shape());
        assertThat(y.maxDifference(expected)).isLessThan(0.02 * expected.abs().max());
        assertThat(weight.toBytes()).isEqualTo(kept.toBytes());
        assertThat(weight.to(DType.FLOAT32).maxDifference(kept)).isZero();
        // packed for the one, multiplied as the other
        Tensor other = parts == 1 ? x.geglu(weight, bias) : x.linear(weight, bias);
        Tensor same = parts == 1 ? x.geglu(kept, bias) : x.linear(kept, bias);
        assertThat(other.maxDifference(same)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"3, 1, 1", "3, 2, 1", "3, 2, 0", "1, 1, 0", "4, 4, 0", "7, 2, 3"})
    void aConvolutionGivesTheSameAndTheWeightReadsTheSame(int kernel, int stride, int padding) {
        Tensor weight = draw(1, 24, 16, kernel, kernel);
        Tensor kept = weight.copy();
        Tensor bias = draw(2, 24);
        Tensor x = draw(3, 2, 16, 12, 8);
        Tensor expected = x.conv2d(weight, bias, stride, padding, 1);
        weight.packForConvolution(stride, padding);
        for (Tensor each : new Tensor[] {x, x.forConvolution()}) {
            Tensor y = each.conv2d(weight, bias, stride, padding, 1);
            assertThat(y.shape()).isEqualTo(expected.shape());
            assertThat(y.maxDifference(expected))
                    .isLessThan(0.02 * expected.abs().max());
        }
        assertThat(weight.toBytes()).isEqualTo(kept.toBytes());
        Tensor padded = x.conv2d(weight, bias, 1, kernel, 1);
        assertThat(padded.maxDifference(x.conv2d(kept, bias, 1, kernel, 1))).isZero();
    }

    @Test
    void aConvolutionLiesAsEachSizeOfPictureWantsIt() {
        Tensor weight = draw(1, 768, 96, 3, 3);
        Tensor kept = weight.copy();
        weight.packForConvolution(1, 1);
        for (int size : new int[] {8, 16, 8}) {
            Tensor x = draw(2, 2, 96, size, size).forConvolution();
            Tensor fresh = kept.copy();
            fresh.packForConvolution(1, 1);
            Tensor y = x.conv2d(weight, null, 1, 1, 1);
            assertThat(y.maxDifference(x.conv2d(fresh, null, 1, 1, 1))).isZero();
            if (weight.packed instanceof OneDnnConvolution convolution) {
                assertThat(convolution.suits(2, 96, size, size)).isTrue();
            }
        }
        assertThat(weight.toBytes()).isEqualTo(kept.toBytes());
    }

    @Test
    void newValuesTakeThePlaceOfTheOld() {
        Tensor weight = draw(1, 32, 16);
        Tensor x = draw(2, 3, 16);
        weight.packForLinear(1);
        Tensor next = draw(3, 32, 16);
        InPlace.assign(weight, next);
        assertThat(x.linear(weight, null).maxDifference(x.linear(next, null))).isZero();
        weight.packForLinear(1);
        InPlace.become(weight, next.to(DType.FLOAT32));
        assertThat(weight.dtype()).isEqualTo(DType.FLOAT32);
        assertThat(weight.maxDifference(next)).isZero();
    }

    @Test
    void hasAGradientOnceItIsTrained() {
        Tensor weight = draw(1, 32, 16);
        weight.packForLinear(1);
        weight.recordGradient();
        try (Gradients on = Gradients.on()) {
            draw(2, 3, 16).linear(weight, null).sum().backward();
        }
        assertThat(weight.grad()).isNotNull();
        weight.packForLinear(1);
        assertThat(weight.isPacked()).isFalse();
    }

    @Test
    void gradientsPassThroughItToItsInput() {
        Tensor weight = draw(1, 32, 16);
        Tensor plain = weight.copy();
        weight.packForLinear(1);
        try (Gradients on = Gradients.on()) {
            Tensor x = draw(2, 3, 16).recordGradient();
            Tensor same = draw(2, 3, 16).recordGradient();
            x.linear(weight, null).sum().backward();
            same.linear(plain, null).sum().backward();
            assertThat(x.grad().maxDifference(same.grad())).isZero();
        }
    }
}
