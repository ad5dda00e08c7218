package org.zeuxis.tensor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RecomputationTest {
    private static final int DEPTH = 24;

    private final List<Tensor> weights = new ArrayList<>();
    private final Tensor x = Seed.of(99).randn(4, 8).recordGradient();
    private int calls;

    RecomputationTest() {
        for (int i = 0; i < DEPTH; i++) weights.add(Seed.of(i).randn(8, 8).recordGradient());
    }

    private UnaryOperator<Tensor> layer(Tensor weight) {
        return y -> {
            calls++;
            return y.plus(y.matmul(weight).tanh());
        };
    }

    private Tensor forward() {
        Tensor y = x;
        for (Tensor weight : weights) y = Recomputation.of(layer(weight), y);
        return y;
    }

    /** Result, then the gradients of the input and of each weight. */
    private List<float[]> pass(boolean again) {
        InPlace.gatherGradient(x, Tensor.zeros(4, 8));
        weights.forEach(w -> InPlace.gatherGradient(w, Tensor.zeros(8, 8)));
        List<float[]> all = new ArrayList<>();
        try (Scope scope = new Scope()) {
            Tensor y;
            if (again) {
                try (Recomputation on = Recomputation.on()) {
                    y = forward();
                }
            } else {
                y = forward();
            }
            all.add(y.toFloats());
            y.square().mean().backward();
        }
        all.add(requireNonNull(x.grad()).toFloats());
        weights.forEach(w -> all.add(requireNonNull(w.grad()).toFloats()));
        return all;
    }

    private static void assertSame(List<float[]> actual, List<float[]> expected) {
        for (int i = 0; i < expected.size(); i++) assertThat(actual.get(i)).isEqualTo(expected.get(i));
    }

    @Test
    void without_gradients_nothing_that_a_layer_computes_on_the_way_outlasts_it() {
        Tensor[] between = new Tensor[1];
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor x = Tensor.ones(3);
            Tensor y = Recomputation.of(
                    z -> {
                        between[0] = z.times(2);
                        return between[0].plus(1);
                    },
                    x);
            assertThat(between[0].raw().isNull()).isTrue();
            assertThat(y.toFloats()).containsOnly(3);
            assertThat(Recomputation.of(z -> z, x)).isSameAs(x);
            assertThat(x.toFloats()).containsOnly(1);
        }
    }

    @Test
    void results_and_gradients_are_those_of_layers_that_were_kept_to_the_bit() {
        List<float[]> kept = pass(false);
        assertThat(calls).isEqualTo(DEPTH);
        assertSame(pass(true), kept);
        assertThat(calls).isEqualTo(3 * DEPTH);
    }

    @Test
    void many_steps_keep_nothing_and_stay_right() {
        List<float[]> kept = pass(false);
        for (int step = 0; step < 60; step++) assertSame(pass(true), kept);
    }

    @Test
    void a_layer_keeps_nothing_between_its_passes() {
        List<Tensor> inside = new ArrayList<>();
        try (Scope scope = new Scope();
                Recomputation on = Recomputation.on()) {
            Tensor y = Recomputation.of(
                    z -> {
                        Tensor activation = z.square();
                        inside.add(activation);
                        return activation.plus(1);
                    },
                    x);
            assertThatThrownBy(inside.get(0)::toFloats).isInstanceOf(NullPointerException.class);
            y.sum().backward();
            assertThat(inside).hasSize(2);
            assertThatThrownBy(inside.get(1)::toFloats).isInstanceOf(NullPointerException.class);
        }
        assertThat(requireNonNull(x.grad()).minus(x.detach().times(2)).abs().max())
                .isZero();
    }

    @Test
    void under_autocast_weights_get_their_gradient_even_when_all_is_inside() {
        Tensor weight = weights.get(0);
        UnaryOperator<Tensor> layer = layer(weight);
        float[][] gradients = new float[2][];
        for (int again = 0; again < 2; again++) {
            InPlace.gatherGradient(weight, Tensor.zeros(8, 8));
            try (Scope scope = new Scope();
                    Autocast cast = Autocast.bfloat16()) {
                Tensor y;
                if (again == 1) {
                    try (Recomputation on = Recomputation.on()) {
                        y = Recomputation.of(layer, Recomputation.of(layer, x));
                    }
                } else {
                    y = layer.apply(layer.apply(x));
                }
                y.square().mean().backward();
            }
            gradients[again] = requireNonNull(weight.grad()).toFloats();
        }
        for (int i = 0; i < 64; i++) assertThat(gradients[1][i]).isCloseTo(gradients[0][i], within(0.02f));
        assertThat(weight.grad()).isNotNull();
        assertThat(requireNonNull(weight.grad()).abs().max()).isGreaterThan(0.1);
    }

    @Test
    void without_gradients_or_unless_asked_a_layer_runs_once() {
        forward();
        try (Scope scope = new Scope();
                Recomputation on = Recomputation.on();
                Gradients off = Gradients.off()) {
            forward();
        }
        assertThat(calls).isEqualTo(2 * DEPTH);
        Tensor data = Tensor.ones(4, 8);
        try (Scope scope = new Scope();
                Recomputation on = Recomputation.on()) {
            Recomputation.of(layer(weights.get(0)), data).sum().backward();
        }
        assertThat(requireNonNull(weights.get(0).grad()).abs().max())
                .as("an input without gradient")
                .isPositive();
    }

    @Test
    void of_blocks_one_after_the_other_the_last_result_is_left() {
        List<Tensor> results = new ArrayList<>();
        List<UnaryOperator<Tensor>> blocks = new ArrayList<>();
        for (Tensor weight : weights) {
            blocks.add(y -> {
                results.add(layer(weight).apply(y));
                return results.get(results.size() - 1);
            });
        }
        // what changes nothing frees nothing
        blocks.add(1, y -> y);
        blocks.add(0, y -> y);
        float[] expected = forward().toFloats();
        Tensor recorded = Recomputation.through(blocks, x);
        assertThat(recorded.toFloats()).containsExactly(expected);
        assertThat(results).noneMatch(Tensor::isFreed);
        results.clear();
        try (Scope scope = new Scope();
                Gradients off = Gradients.off()) {
            Tensor y = Recomputation.through(blocks, x);
            assertThat(y.toFloats()).containsExactly(expected);
            assertThat(results.subList(0, DEPTH - 1)).allMatch(Tensor::isFreed);
            assertThat(x.isFreed()).isFalse();
        }
        assertThat(results).allMatch(Tensor::isFreed);
    }

    @Test
    void a_failing_layer_is_told_and_another_shape_or_no_scope_refused() {
        try (Recomputation on = Recomputation.on()) {
            assertThatThrownBy(() -> Recomputation.of(y -> y, x))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("open one around the training step");
            try (Scope scope = new Scope()) {
                assertThatThrownBy(() -> Recomputation.of(y -> y.slice(0, 0, 2), x))
                        .isInstanceOf(ShapeException.class);
                Tensor y = Recomputation.of(
                        z -> {
                            if (Gradients.recorded()) throw new IllegalStateException("on purpose");
                            return z;
                        },
                        x);
                assertThatThrownBy(() -> y.sum().backward()).hasMessageContaining("on purpose");
            }
        }
        try (Scope scope = new Scope()) {
            forward();
        }
        assertThat(calls).as("no longer asked").isEqualTo(DEPTH);
    }
}
