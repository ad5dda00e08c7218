package org.zeuxis.tensor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import java.util.List;
import org.junit.jupiter.api.Test;

class GradientsTest {
    @Test
    void recordsUnlessToldNotTo() {
        Tensor x = Tensor.ones(2).recordGradient();
        assertThat(Gradients.recorded()).isTrue();
        assertThat(x.times(2).requiresGrad()).isTrue();
        try (Gradients off = Gradients.off()) {
            assertThat(Gradients.recorded()).isFalse();
            assertThat(x.times(2).requiresGrad()).isFalse();
            try (Gradients on = Gradients.on()) {
                assertThat(x.times(2).requiresGrad()).isTrue();
            }
            assertThat(Gradients.recorded()).isFalse();
        }
        assertThat(Gradients.recorded()).isTrue();
    }

    @Test
    void restoresAfterAnException() {
        try (Gradients off = Gradients.off()) {
            throw new IllegalStateException("on purpose");
        } catch (IllegalStateException expected) {
            assertThat(Gradients.recorded()).isTrue();
        }
    }

    @Test
    void belongsToItsThread() throws InterruptedException {
        boolean[] elsewhere = new boolean[1];
        try (Gradients off = Gradients.off()) {
            Thread thread = new Thread(() -> elsewhere[0] = Gradients.recorded());
            thread.start();
            thread.join();
        }
        assertThat(elsewhere[0]).isTrue();
    }

    @Test
    void addsUpOverBackwards() {
        Tensor x = Tensor.of(new float[] {1, 2, 3}, 3).recordGradient();
        assertThat(x.grad()).isNull();
        x.square().sum().backward();
        assertThat(requireNonNull(x.grad()).toFloats()).containsExactly(2, 4, 6);
        x.square().sum().backward();
        assertThat(requireNonNull(x.grad()).toFloats()).containsExactly(4, 8, 12);
    }

    @Test
    void goesOnFromTheGradientOfSomethingElse() {
        Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2).recordGradient();
        x.square().backward(Tensor.of(new float[] {1, 0, -1, 10}, 2, 2));
        assertThat(requireNonNull(x.grad()).toFloats()).containsExactly(2, 0, -6, 80);
        assertThatThrownBy(() -> x.square().backward(Tensor.ones(4))).isInstanceOf(ShapeException.class);
    }

    @Test
    void aGradientOutlivesItsTensor() {
        try (Scope outer = new Scope()) {
            Tensor gradient;
            try (Scope inner = new Scope()) {
                Tensor x = Tensor.ones(1000).recordGradient();
                x.times(3).sum().backward();
                gradient = inner.keep(requireNonNull(x.grad()));
            }
            Tensor overwrites = Tensor.zeros(1000);
            assertThat(gradient.plus(overwrites).sum().item()).isEqualTo(3000);
        }
    }

    @Test
    void gathersWhereItIsTold() {
        Tensor place = Tensor.zeros(5);
        Tensor x = Tensor.ones(3).recordGradient();
        InPlace.gatherGradient(x, place.slice(0, 1, 4));
        x.times(7).sum().backward();
        assertThat(place.toFloats()).containsExactly(0, 7, 7, 7, 0);
    }

    @Test
    void gradientsOfInputsLeaveTheirGradAlone() {
        Tensor x = Tensor.of(new float[] {1, 2}, 2).recordGradient();
        Tensor y = Tensor.of(new float[] {3, 4}, 2).recordGradient();
        List<Tensor> g = x.times(y).sum().gradients(List.of(x, y));
        assertThat(g.get(0).toFloats()).containsExactly(3, 4);
        assertThat(g.get(1).toFloats()).containsExactly(1, 2);
        assertThat(x.grad()).isNull();
    }

    @Test
    void detachedValuesPassNone() {
        Tensor x = Tensor.ones(2).recordGradient();
        x.times(x.detach()).sum().backward();
        assertThat(requireNonNull(x.grad()).toFloats()).containsExactly(1, 1);
    }

    /** LibTorch 2.10 crashes the whole process here if its input is handed over as it is. */
    @Test
    void groupNormOfAChannelsLastInputWithoutGradientSurvivesBackward() {
        Tensor nchw = Seed.of(1).randn(2, 8, 5, 7);
        Tensor channelsLast;
        try (Gradients off = Gradients.off()) {
            channelsLast = nchw.forConvolution();
        }
        assertThat(channelsLast.raw().is_contiguous()).isFalse();
        float[][] gradients = new float[2][];
        for (int i = 0; i < 2; i++) {
            Tensor weight = Tensor.ones(8).recordGradient();
            Tensor bias = Tensor.zeros(8).recordGradient();
            Tensor y = (i == 0 ? nchw : channelsLast).groupNorm(4, weight, bias, 1e-5);
            y.times(nchw).square().sum().backward();
            gradients[i] = requireNonNull(weight.grad()).toFloats();
        }
        for (int c = 0; c < 8; c++) assertThat(gradients[1][c]).isCloseTo(gradients[0][c], withinPercentage(0.01));
    }
}
