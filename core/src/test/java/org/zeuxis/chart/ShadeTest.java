package org.zeuxis.chart;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import org.junit.jupiter.api.Test;

class ShadeTest {
    @Test
    void every_step_is_darker_and_blue() {
        double before = 256;
        for (int i = 0; i <= 100; i++) {
            Color shade = Shade.of(i / 100.0);
            double luma = 0.2126 * shade.getRed() + 0.7152 * shade.getGreen() + 0.0722 * shade.getBlue();
            assertThat(luma).as("step " + i).isLessThan(before);
            assertThat(shade.getBlue()).isGreaterThanOrEqualTo(Math.max(shade.getRed(), shade.getGreen()));
            before = luma;
        }
        assertThat(Shade.of(1).getBlue()).isGreaterThan(Shade.of(1).getRed() + 50);
    }

    @Test
    void beyond_its_ends_it_stays() {
        assertThat(Shade.of(-1)).isEqualTo(Shade.of(0));
        assertThat(Shade.of(2)).isEqualTo(Shade.of(1));
    }
}
