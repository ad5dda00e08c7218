package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class ProportionTest {
    /** Newcombe (1998), table I: 81 of 263 and 0 of 20. */
    @Test
    void intervalIsWilsons() {
        Proportion many = new Proportion(81, 263);
        assertThat(many.low()).isCloseTo(0.2553, within(5e-5));
        assertThat(many.high()).isCloseTo(0.3662, within(5e-5));
        Proportion none = new Proportion(0, 20);
        assertThat(none.low()).isCloseTo(0, within(1e-12));
        assertThat(none.high()).isCloseTo(0.1611, within(5e-5));
    }

    @Test
    void moreHitsThanCountsAreRefused() {
        assertThatThrownBy(() -> new Proportion(3, 2)).hasMessageContaining("got 3 of 2");
        assertThatThrownBy(() -> new Proportion(0, 0)).hasMessageContaining("at least 1");
    }
}
