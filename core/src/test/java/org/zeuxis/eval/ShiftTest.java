package org.zeuxis.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.image.Image;

class ShiftTest {
    private static final int SIDE = 32;

    @ParameterizedTest
    @EnumSource(Shift.class)
    void the_same_picture_becomes_the_same_and_keeps_its_size(Shift shift) {
        Image image = random(4);
        Image once = shift.apply(image);
        assertThat(once.width()).isEqualTo(SIDE);
        assertThat(once.height()).isEqualTo(SIDE);
        assertThat(shift.apply(image).samples()).isEqualTo(once.samples());
    }

    @ParameterizedTest
    @EnumSource(
            value = Shift.class,
            names = {"AS_DRAWN", "NOISY"},
            mode = EnumSource.Mode.EXCLUDE)
    void empty_paper_stays_empty(Shift shift) {
        Image paper = shift.apply(new Image(SIDE, SIDE, 4, new byte[SIDE * SIDE * 4])); // transparent
        for (byte sample : paper.samples()) assertThat(sample).isEqualTo((byte) 255);
    }

    @Test
    void as_drawn_is_the_picture_itself() {
        Image image = random(4);
        assertThat(Shift.AS_DRAWN.apply(image)).isSameAs(image);
    }

    @Test
    void grey_is_luma() {
        Image red = new Image(1, 1, 3, new byte[] {(byte) 200, 100, 50});
        int luma = Math.round(0.299f * 200 + 0.587f * 100 + 0.114f * 50);
        assertThat(Shift.GREY.apply(red).samples()).containsOnly((byte) luma);
    }

    @Test
    void lines_are_dark_where_brightness_changes() {
        Image lines = Shift.LINES.apply(halves());
        assertThat(lines.sample(SIDE / 2, 5, 0)).isZero();
        assertThat(lines.sample(SIDE / 2 - 1, 5, 0)).isZero();
        assertThat(lines.sample(3, 5, 0)).isEqualTo(255);
        assertThat(lines.sample(SIDE - 3, 5, 0)).isEqualTo(255);
    }

    @Test
    void blur_keeps_the_mean_and_levels_the_edge() {
        Image large = halves(224);
        Image blurred = Shift.BLURRED.apply(large);
        assertThat(mean(blurred)).isBetween(mean(large) - 0.6, mean(large) + 0.6);
        // three pixels, one deviation, from the edge: 255 times the normal distribution at (3 - 0.5) / 3
        assertThat(blurred.sample(112 + 2, 112, 0)).isBetween(202, 205);
    }

    @Test
    void noise_has_its_deviation_of_46_less_what_is_cut_off() {
        byte[] grey = new byte[64 * 64 * 3];
        Arrays.fill(grey, (byte) 128);
        Image noisy = Shift.NOISY.apply(new Image(64, 64, 3, grey));
        double mean = mean(noisy);
        double squares = 0;
        for (byte sample : noisy.samples()) squares += Math.pow((sample & 255) - mean, 2);
        assertThat(mean).isBetween(126.0, 130.0);
        assertThat(Math.sqrt(squares / noisy.samples().length)).isBetween(44.0, 47.0);
    }

    @Test
    void rotation_turns_to_the_right() {
        byte[] samples = new byte[65 * 65 * 3];
        Arrays.fill(samples, (byte) 255);
        for (int c = 0; c < 3; c++) {
            for (int y = -2; y <= 2; y++) {
                for (int x = -2; x <= 2; x++) samples[((32 - 20 + y) * 65 + 32 + x) * 3 + c] = 0;
            }
        }
        Image turned = Shift.ROTATED.apply(new Image(65, 65, 3, samples)); // a dot above the middle
        assertThat(turned.sample(32 + 10, 32 - 17, 0)).isZero();
        assertThat(turned.sample(32, 32 - 20, 0)).isEqualTo(255);
    }

    @Test
    void jpeg_loses_much() {
        Image image = random(3);
        byte[] before = image.samples();
        byte[] after = Shift.JPEG.apply(image).samples();
        double squares = 0;
        for (int i = 0; i < before.length; i++) squares += Math.pow((before[i] & 255) - (after[i] & 255), 2);
        assertThat(Math.sqrt(squares / before.length)).isGreaterThan(30);
    }

    private static Image random(int channels) {
        byte[] samples = new byte[SIDE * SIDE * channels];
        new Random(7).nextBytes(samples);
        return new Image(SIDE, SIDE, channels, samples);
    }

    private static Image halves() {
        return halves(SIDE);
    }

    /** Black on the left, white on the right. */
    private static Image halves(int side) {
        byte[] samples = new byte[side * side * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i / 3 % side < side / 2 ? 0 : 255);
        return new Image(side, side, 3, samples);
    }

    private static double mean(Image image) {
        long sum = 0;
        for (byte sample : image.samples()) sum += sample & 255;
        return sum / (double) image.samples().length;
    }
}
