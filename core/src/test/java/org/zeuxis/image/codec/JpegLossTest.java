package org.zeuxis.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;

class JpegLossTest {
    private static int error(Image one, Image two) {
        int sum = 0;
        for (int i = 0; i < one.samples().length; i++) {
            sum += Math.abs((one.samples()[i] & 255) - (two.samples()[i] & 255));
        }
        return sum;
    }

    @Test
    void the_poorer_the_file_the_less_is_left() {
        byte[] samples = new byte[32 * 32 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i * i % 251);
        Image image = new Image(32, 32, 3, samples);
        int poor = error(image, new JpegLoss(5).apply(image));
        int fair = error(image, new JpegLoss(50).apply(image));
        int good = error(image, new JpegLoss(100).apply(image));
        assertThat(poor).isGreaterThan(fair);
        assertThat(fair).isGreaterThan(good);
        assertThat(good).isPositive();
    }

    @Test
    void a_quality_that_no_file_has_is_refused() {
        assertThatThrownBy(() -> new JpegLoss(0)).hasMessageContaining("JPEG quality of 1 to 100, got 0");
        assertThatThrownBy(() -> new JpegLoss(101)).hasMessageContaining("JPEG quality of 1 to 100, got 101");
    }
}
