package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Tensor;

class PairedDifferenceTest {
    /** Newcombe (1998), table of worked examples: 36, 12, 2, 0. */
    @Test
    void interval_is_newcombes() {
        PairedDifference difference = new PairedDifference(36, 12, 2, 0);
        assertThat(difference.difference()).isCloseTo(0.2, within(1e-12));
        assertThat(difference.low()).isCloseTo(0.0569, within(5e-5));
        assertThat(difference.high()).isCloseTo(0.3404, within(5e-5));
    }

    /** Of 14 that differ 2 or fewer: (1 + 14 + 91) / 2^14, both ways. */
    @Test
    void p_is_the_binomial_tail_of_those_pictures_that_differ() {
        assertThat(new PairedDifference(36, 12, 2, 0).p()).isCloseTo(212.0 / 16384, within(1e-12));
        assertThat(new PairedDifference(36, 2, 12, 500).p()).isCloseTo(212.0 / 16384, within(1e-12));
        assertThat(new PairedDifference(5, 3, 3, 5).p()).isEqualTo(1);
        assertThat(new PairedDifference(5, 0, 0, 5).p()).isEqualTo(1);
        assertThat(new PairedDifference(0, 40_000, 10_000, 0).p()).isZero();
    }

    @Test
    void swapped_it_is_mirrored() {
        PairedDifference one = new PairedDifference(20, 9, 4, 17);
        PairedDifference other = new PairedDifference(20, 4, 9, 17);
        assertThat(other.difference()).isEqualTo(-one.difference());
        assertThat(other.low()).isCloseTo(-one.high(), within(1e-12));
        assertThat(other.high()).isCloseTo(-one.low(), within(1e-12));
    }

    @Test
    void pictures_that_agree_leave_no_difference() {
        PairedDifference none = new PairedDifference(30, 0, 0, 0);
        assertThat(none.difference()).isZero();
        assertThat(none.low()).isLessThan(0);
        assertThat(none.high()).isGreaterThan(0);
    }

    @Test
    void counts_who_has_what_right() {
        List<String> labels = List.of("cat", "dog");
        List<Integer> truths = List.of(0, 0, 1, 1);
        Tensor a = Tensor.of(new float[] {1, 0, 1, 0, 0, 1, 1, 0}, 4, 2); // right, right, right, wrong
        Tensor b = Tensor.of(new float[] {1, 0, 0, 1, 1, 0, 1, 0}, 4, 2); // right, wrong, wrong, wrong
        ZeroShotAccuracy first = ZeroShotAccuracy.of(a, labels, truths);
        ZeroShotAccuracy second = ZeroShotAccuracy.of(b, labels, truths);
        assertThat(PairedDifference.of(first, second)).isEqualTo(new PairedDifference(1, 2, 0, 1));
        assertThat(PairedDifference.of(second, first)).isEqualTo(new PairedDifference(1, 0, 2, 1));
    }

    @Test
    void other_pictures_are_refused() {
        List<String> labels = List.of("cat", "dog");
        Tensor scores = Tensor.of(new float[] {1, 0}, 1, 2);
        ZeroShotAccuracy cat = ZeroShotAccuracy.of(scores, labels, List.of(0));
        ZeroShotAccuracy dog = ZeroShotAccuracy.of(scores, labels, List.of(1));
        assertThatThrownBy(() -> PairedDifference.of(cat, dog)).hasMessageContaining("the same pictures");
    }
}
