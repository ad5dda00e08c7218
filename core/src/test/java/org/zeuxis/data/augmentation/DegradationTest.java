package org.zeuxis.data.augmentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.Draws;
import org.zeuxis.image.Image;

class DegradationTest {
    /** One bright pixel in the middle. */
    private static Image point() {
        byte[] samples = new byte[9 * 9 * 3];
        for (int c = 0; c < 3; c++) samples[(4 * 9 + 4) * 3 + c] = (byte) 255;
        return new Image(9, 9, 3, samples);
    }

    @Test
    void threeTapsReachOnePixelFar() {
        Image blurred = new ThreeTapBlur(0.6).apply(point(), new Draws(1));
        // e^(−1 / 0.72) of the middle on either side
        assertThat(blurred.sample(4, 4, 0)).isBetween(112, 115);
        assertThat(blurred.sample(5, 4, 0)).isBetween(27, 30);
        assertThat(blurred.sample(6, 4, 0)).isZero();
    }

    @Test
    void allOfAnOrderIsMadeInAnyOrder() {
        RandomOrder order =
                new RandomOrder(List.of(new Sometimes(1, new ThreeTapBlur(0.6)), new Sometimes(1, new Rescale(0.5))));
        Set<Integer> seen = new HashSet<>();
        for (int seed = 0; seed < 40; seed++) {
            Image changed = order.apply(point(), new Draws(seed));
            assertThat(changed.sample(4, 4, 0)).isLessThan(180);
            seen.add(Arrays.hashCode(changed.samples()));
            assertThat(order.apply(point(), new Draws(seed)).samples()).isEqualTo(changed.samples());
        }
        assertThat(seen).hasSizeGreaterThan(5);
        assertThat(RandomOrder.BSR.keeps("a red car")).isTrue();
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new Rescale(0)).hasMessage("expected a share of the sides above 0 up to 1, got 0.0");
        assertThatThrownBy(() -> new ThreeTapBlur(0)).hasMessage("expected a blur of above 0 up to 16 pixels, got 0.0");
    }
}
