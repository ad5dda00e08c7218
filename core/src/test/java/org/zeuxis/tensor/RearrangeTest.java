package org.zeuxis.tensor;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class RearrangeTest {
    private static Tensor counting(long... shape) {
        long count = 1;
        for (long size : shape) count *= size;
        return Tensor.arange(count).reshape(shape);
    }

    @Test
    void splitsHeads() {
        Tensor x = counting(2, 3, 8);
        Tensor heads = x.rearrange("b n (h d) -> b h n d", "h", 4);
        assertThat(heads.shape()).containsExactly(2, 4, 3, 2);
        for (int b = 0; b < 2; b++)
            for (int h = 0; h < 4; h++)
                for (int n = 0; n < 3; n++)
                    for (int d = 0; d < 2; d++)
                        assertThat(heads.select(0, b)
                                        .select(0, h)
                                        .select(0, n)
                                        .select(0, d)
                                        .item())
                                .isEqualTo(24 * b + 8 * n + 2 * h + d);
    }

    @Test
    void mergingUndoesSplitting() {
        Tensor x = counting(2, 3, 8);
        Tensor back = x.rearrange("b n (h d) -> b h n d", "d", 2).rearrange("b h n d -> b n (h d)");
        assertThat(back.toLongs()).isEqualTo(x.toLongs());
        assertThat(back.shape()).containsExactly(2, 3, 8);
    }

    @Test
    void cutsAPictureIntoPatches() {
        Tensor patches = counting(1, 1, 4, 4).rearrange("b c (y p) (x q) -> b (y x) (c p q)", "p", 2, "q", 2);
        assertThat(patches.shape()).containsExactly(1, 4, 4);
        assertThat(patches.toLongs()).containsExactly(0, 1, 4, 5, 2, 3, 6, 7, 8, 9, 12, 13, 10, 11, 14, 15);
    }

    @Test
    void axesOfOneComeAndGo() {
        assertThat(counting(2, 3).rearrange("a b -> a 1 b").shape()).containsExactly(2, 1, 3);
        assertThat(counting(2, 3).rearrange("a b -> (a b) 1").shape()).containsExactly(6, 1);
        assertThat(counting(6, 1).rearrange("(a b) 1 -> b a", "a", 2).toLongs()).containsExactly(0, 3, 1, 4, 2, 5);
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> counting(2, 3).rearrange("a 1 -> a"))
                .withMessage("expected [a 1 -> a] but got [2, 3]");
    }

    @Test
    void remembersAPlanPerShapeAndSizeNotPerPattern() {
        String pattern = "b (h d) -> b h d";
        for (int repeat = 0; repeat < 2; repeat++) {
            assertThat(counting(2, 12).rearrange(pattern, "h", 3).shape()).containsExactly(2, 3, 4);
            assertThat(counting(2, 12).rearrange(pattern, "h", 4).shape()).containsExactly(2, 4, 3);
            assertThat(counting(2, 12).rearrange(pattern, "d", 2).shape()).containsExactly(2, 6, 2);
            assertThat(counting(5, 6).rearrange(pattern, "h", 3).shape()).containsExactly(5, 3, 2);
        }
        assertThat(Rearrange.of(pattern)).isSameAs(Rearrange.of(pattern));
    }

    @Test
    void goesOnWhenThePlansAreMoreThanItKeeps() {
        for (int n = 1; n <= 300; n++)
            assertThat(counting(n, 2).rearrange("a b -> b a").shape()).containsExactly(2, n);
    }

    @Test
    void passesGradients() {
        Tensor x = Tensor.ones(2, 6).recordGradient();
        Tensor weights = counting(2, 3, 2).to(DType.FLOAT32);
        x.rearrange("a (b c) -> c b a", "b", 3).times(weights).sum().backward();
        assertThat(requireNonNull(x.grad()).toFloats()).containsExactly(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11);
    }

    @Test
    void refusesAnotherNumberOfAxes() {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> counting(2, 3).rearrange("b n (h d) -> b h n d", "h", 4))
                .withMessage("expected [b n (h d) -> b h n d] but got [2, 3]");
    }

    @Test
    void refusesWhatDoesNotDivide() {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> counting(2, 3, 8).rearrange("b n (h d) -> b h n d", "h", 3))
                .withMessage("expected [b n (h d) -> b h n d] but got [2, 3, 8]");
    }

    @Test
    void refusesSizesWhoseProductIsNotTheAxis() {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> counting(2, 8).rearrange("b (h d) -> b h d", "h", 2, "d", 2));
    }

    @Test
    void refusesAGroupWithTwoUnknownSizes() {
        assertThatExceptionOfType(ShapeException.class)
                .isThrownBy(() -> counting(2, 8).rearrange("b (h d) -> b h d"));
    }

    @Test
    void refusesAPatternWithoutAnArrow() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counting(2, 3).rearrange("a b"))
                .withMessage("expected a pattern such as \"b n (h d) -> b h n d\", got \"a b\"");
    }

    @Test
    void refusesAnAxisThatOnlyTheRightSideHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> counting(2, 3).rearrange("a b -> a b c"))
                .withMessage("axis c of \"a b -> a b c\" has no size");
    }
}
