package org.zeuxis.data.pictogram.scene;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.data.CaptionedImage;
import org.zeuxis.data.Dataset;
import org.zeuxis.data.Drawn;
import org.zeuxis.data.pictogram.Background;
import org.zeuxis.image.Image;

/** {@link Cutout} and {@link Tint}: how drawings are made ready to be pasted. */
class CutoutTest {
    /** A dark ring on light paper, whose upper left corner is of this brightness. */
    private static Image ring(int corner) {
        byte[] samples = new byte[8 * 8 * 3];
        for (int i = 0; i < samples.length; i++) {
            int x = i / 3 % 8;
            int y = i / 3 / 8;
            boolean ring = x > 1 && x < 6 && y > 1 && y < 6;
            boolean hole = x > 2 && x < 5 && y > 2 && y < 5;
            samples[i] = (byte) (x == 2 && y == 2 ? corner : ring && !hole ? 20 : 240);
        }
        return new Image(8, 8, 3, samples);
    }

    private static Image photo() {
        byte[] samples = new byte[8 * 8 * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i * 37);
        return new Image(8, 8, 3, samples);
    }

    @Test
    void drawings_are_cut_out_of_their_paper() {
        Image cut = requireNonNull(Cutout.of(ring(20)));
        assertThat(cut.sample(0, 0, 3)).isZero();
        assertThat(cut.sample(2, 2, 3)).isEqualTo(255);
        assertThat(cut.sample(2, 2, 0)).isEqualTo(20);
        assertThat(cut.sample(3, 3, 3))
                .as("paper that the border does not reach")
                .isEqualTo(255);
        Image smooth = requireNonNull(Cutout.of(ring(192)));
        assertThat(smooth.sample(2, 2, 3)).isBetween(100, 155);
        assertThat(smooth.over(240, 240, 240).sample(2, 2, 0)).isBetween(190, 194);
        Image transparent = Drawn.drawing("cat").image();
        assertThat(Cutout.of(transparent)).isSameAs(transparent);
    }

    @Test
    void what_fills_its_picture_is_no_drawing_to_paste() {
        assertThat(Cutout.of(photo())).isNull();
        Dataset photos = new Dataset() {
            @Override
            public int size() {
                return 2;
            }

            @Override
            public CaptionedImage get(int index) {
                return new CaptionedImage("p" + index, photo(), List.of("cat"));
            }
        };
        assertThatThrownBy(() -> new Twins(photos, 64, 1).at(0)).hasMessageContaining("countable things");
    }

    @Test
    void a_tint_keeps_light_and_dark_apart() {
        byte[] samples = new byte[3 * 4];
        for (int i = 0; i < 3; i++) {
            for (int c = 0; c < 3; c++) samples[4 * i + c] = (byte) (20 + 100 * i);
            samples[4 * i + 3] = (byte) 255;
        }
        Background red = Tint.COLORS.get(2);
        Image tinted = new Tint(red).apply(new Image(3, 1, 4, samples));
        assertThat(tinted.sample(1, 0, 0)).isEqualTo(red.red());
        assertThat(tinted.sample(1, 0, 1)).isEqualTo(red.green());
        assertThat(tinted.sample(0, 0, 0)).isBetween(80, red.red() - 50);
        assertThat(tinted.sample(2, 0, 1)).isBetween(red.green() + 50, 200);
        assertThat(tinted.sample(2, 0, 3)).isEqualTo(255);
    }
}
