package org.zeuxis.train;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What counts as broken. */
final class LossGuardTest {
    private static LossGuard after(int losses) {
        LossGuard guard = new LossGuard();
        for (int i = 0; i < losses; i++)
            assertThat(guard.breaks(1 + 0.1 * Math.sin(i), 1)).isFalse();
        return guard;
    }

    @Test
    void whatIsNoNumberBreaksAtOnce() {
        assertThat(new LossGuard().breaks(Double.NaN, 1)).isTrue();
        assertThat(new LossGuard().breaks(1, Double.NaN)).isTrue();
        assertThat(new LossGuard().breaks(1, Double.POSITIVE_INFINITY)).isTrue();
    }

    @Test
    void aSpikeBreaksOnceThereIsSomethingToCompareWith() {
        assertThat(after(LossGuard.MEMORY - 1).breaks(50, 1)).isFalse();
        assertThat(after(LossGuard.MEMORY).breaks(50, 1)).isTrue();
        assertThat(after(LossGuard.MEMORY).breaks(7.9, 1)).isFalse();
    }

    @Test
    void aNoisyObjectiveIsLeftInPeace() {
        LossGuard guard = after(LossGuard.MEMORY - 1);
        assertThat(guard.breaks(8, 1)).isFalse();
        assertThat(guard.breaks(9, 1)).as("no more than twice what was there").isFalse();
        assertThat(guard.breaks(20, 1)).isTrue();
    }

    @Test
    void aSpikeIsNotRemembered() {
        LossGuard guard = after(LossGuard.MEMORY);
        for (int i = 0; i < 200; i++) assertThat(guard.breaks(50, 1)).isTrue();
    }

    @Test
    void itGoesOnWhereAnotherStood() {
        LossGuard first = after(300);
        LossGuard second = new LossGuard();
        second.restore(first.seen(), first.memory());
        assertThat(second.breaks(50, 1)).isTrue();
        assertThat(second.seen()).isEqualTo(300);
    }
}
