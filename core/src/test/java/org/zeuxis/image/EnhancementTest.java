package org.zeuxis.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EnhancementTest {
    @Test
    void gives_pillows_bytes() throws IOException {
        JsonNode cases = Noise.golden("enhance.json").get("cases");
        List<String> wrong = new ArrayList<>();
        for (JsonNode c : cases) {
            Enhancement enhancement = new Enhancement(
                    c.get(1).floatValue(), c.get(2).floatValue(), c.get(3).floatValue());
            Image result = enhancement.apply(Noise.of(c.get(0)));
            if (Noise.crc(result) != c.get(4).asLong()) wrong.add(c.toString());
        }
        assertThat(wrong).isEmpty();
        assertThat(cases.size()).isGreaterThan(100);
    }

    @Test
    void leaves_a_picture_alone_at_ones() {
        Image image = Noise.of(9, 7, 3, 1);
        assertThat(new Enhancement(1, 1, 1).apply(image)).isSameAs(image);
    }

    @Test
    void gray_has_three_equal_channels() {
        Image gray = Enhancement.GRAY.apply(Noise.of(9, 7, 3, 1));
        for (int x = 0; x < 9; x++) {
            assertThat(gray.sample(x, 3, 1)).isEqualTo(gray.sample(x, 3, 0)).isEqualTo(gray.sample(x, 3, 2));
        }
    }

    @Test
    void refuses_a_negative_factor() {
        assertThatThrownBy(() -> new Enhancement(1, -0.1f, 1)).hasMessageContaining("at least 0, got 1.0, -0.1, 1.0");
    }

    @Test
    void a_crop_is_the_rectangle_and_stays_within_the_picture() {
        Image image = Noise.of(9, 7, 4, 1);
        Image cut = new Crop(2, 3, 5, 4).apply(image);
        assertThat(new int[] {cut.width(), cut.height()}).containsExactly(5, 4);
        for (int y = 0; y < 4; y++) {
            for (int x = 0; x < 5; x++) assertThat(cut.sample(x, y, 3)).isEqualTo(image.sample(x + 2, y + 3, 3));
        }
        assertThat(new Crop(0, 0, 9, 7).apply(image)).isSameAs(image);
        assertThatThrownBy(() -> new Crop(5, 0, 5, 4).apply(image)).hasMessageContaining("within 9x7 pixels");
        assertThatThrownBy(() -> new Crop(0, -1, 5, 4)).hasMessageContaining("from (0, -1)");
    }
}
