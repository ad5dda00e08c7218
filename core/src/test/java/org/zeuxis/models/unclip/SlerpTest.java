package org.zeuxis.models.unclip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class SlerpTest {
    private final Tensor a = Seed.of(1).randn(2, 16);
    private final Tensor b = Seed.of(2).randn(2, 16).times(3);

    @Test
    void itsEndsAreTheEnds() {
        assertThat(new Slerp(a, b).at(0).maxDifference(a)).isZero();
        assertThat(new Slerp(a, b).at(1).maxDifference(b)).isZero();
    }

    @Test
    void halfWayIsAsFarFromBoth() {
        Tensor middle = new Slerp(a, b).at(0.5);
        Tensor toA = middle.normalized(-1).times(a.normalized(-1)).sum(-1);
        Tensor toB = middle.normalized(-1).times(b.normalized(-1)).sum(-1);
        assertThat(toA.maxDifference(toB)).isLessThan(1e-5);
        double length = middle.length(-1).toFloats()[0];
        double expected = (a.length(-1).toFloats()[0] + b.length(-1).toFloats()[0]) / 2;
        assertThat(length).isCloseTo(expected, within(1e-4));
    }

    @Test
    void fromAPointToItselfNothingMoves() {
        assertThat(new Slerp(a, a).at(0.3).maxDifference(a)).isLessThan(1e-5);
    }

    @Test
    void beyondTheEndsIsNowhere() {
        assertThatThrownBy(() -> new Slerp(a, b).at(1.5)).hasMessage("expected a theta of 0 to 1, got 1.5");
    }
}
