package org.zeuxis.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class HueShiftTest {
    private static int[] shifted(double turn, int... rgb) {
        byte[] samples = new byte[rgb.length];
        for (int i = 0; i < rgb.length; i++) samples[i] = (byte) rgb[i];
        Image image = new HueShift(turn).apply(new Image(1, 1, rgb.length, samples));
        int[] result = new int[rgb.length];
        for (int i = 0; i < rgb.length; i++) result[i] = image.sample(0, 0, i);
        return result;
    }

    @Test
    void a_third_of_a_turn_makes_green_of_red_and_blue_of_green() {
        assertThat(shifted(1 / 3.0, 255, 0, 0)).containsExactly(0, 255, 0);
        assertThat(shifted(1 / 3.0, 0, 255, 0)).containsExactly(0, 0, 255);
        assertThat(shifted(-1 / 3.0, 255, 0, 0)).containsExactly(0, 0, 255);
        assertThat(shifted(1 / 6.0, 200, 40, 40, 7)).containsExactly(200, 200, 40, 7);
        assertThat(shifted(0.5, 255, 128, 0)).containsExactly(0, 127, 255);
    }

    @Test
    void grays_and_whole_turns_change_nothing_and_a_turn_back_restores() {
        assertThat(shifted(0.3, 90, 90, 90)).containsExactly(90, 90, 90);
        byte[] samples = new byte[8 * 8 * 3];
        new Random(1).nextBytes(samples);
        Image image = new Image(8, 8, 3, samples);
        assertThat(new HueShift(1).apply(image)).isSameAs(image);
        Image back = new HueShift(-0.21).apply(new HueShift(0.21).apply(image));
        for (int i = 0; i < samples.length; i++) {
            assertThat((back.samples()[i] & 255) - (samples[i] & 255)).isBetween(-2, 2);
        }
        assertThatThrownBy(() -> new HueShift(Double.NaN)).hasMessageContaining("expected a number of turns, got NaN");
    }
}
