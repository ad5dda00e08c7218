package org.zeuxis.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ImageGridTest {
    private static final int RED = 0xff0000;

    private static Image red(int side) {
        byte[] samples = new byte[3 * side * side];
        for (int i = 0; i < samples.length; i += 3) samples[i] = (byte) 255;
        return new Image(side, side, 3, samples);
    }

    private static int colour(Image image, int x, int y) {
        return image.sample(x, y, 0) << 16 | image.sample(x, y, 1) << 8 | image.sample(x, y, 2);
    }

    @Test
    void placesPicturesInRowsWithGaps() {
        Image sheet = new ImageGrid(2, 5, 0x204060).draw(Collections.nCopies(3, red(10)));
        assertThat(sheet.width()).isEqualTo(5 + 2 * 15);
        assertThat(sheet.height()).isEqualTo(5 + 2 * 15);
        assertThat(colour(sheet, 4, 4)).isEqualTo(0x204060);
        assertThat(colour(sheet, 5, 5)).isEqualTo(RED);
        assertThat(colour(sheet, 15, 5)).isEqualTo(0x204060);
        assertThat(colour(sheet, 20, 5)).isEqualTo(RED);
        assertThat(colour(sheet, 14, 29)).isEqualTo(RED);
        assertThat(colour(sheet, 20, 20)).isEqualTo(0x204060); // no fourth picture
    }

    @Test
    void centresSmallerPicturesAndShowsTheBackgroundThroughTransparentOnes() {
        Image clear = new Image(10, 10, 4, new byte[400]);
        Image sheet = new ImageGrid(9, 0, 0xffffff).draw(List.of(red(4), clear));
        assertThat(sheet.width()).isEqualTo(20);
        assertThat(colour(sheet, 2, 2)).isEqualTo(0xffffff);
        assertThat(colour(sheet, 3, 3)).isEqualTo(RED);
        assertThat(colour(sheet, 12, 4)).isEqualTo(0xffffff);
    }

    @Test
    void wrapsCaptionsUnderTheirPicture() {
        Image picture = red(120);
        ImageGrid grid = new ImageGrid(1, 10, 0xffffff);
        Image one = grid.draw(List.of(picture), List.of("a cat"));
        Image many = grid.draw(List.of(picture), List.of("a very long caption ".repeat(30)));
        Image word = grid.draw(List.of(picture), List.of("w".repeat(300)));
        assertThat(one.height()).isGreaterThan(140);
        assertThat(many.height()).isGreaterThan(one.height()).isEqualTo(word.height());
        for (Image sheet : List.of(one, many, word)) {
            assertThat(inked(sheet, 131, sheet.height()))
                    .as("ink under the picture")
                    .isTrue();
            for (int y = 0; y < sheet.height(); y++) {
                for (int x : new int[] {0, 4, 135, 139})
                    assertThat(colour(sheet, x, y)).isEqualTo(0xffffff);
            }
        }
        assertThat(grid.draw(List.of(picture), List.of("")).height()).isEqualTo(140);
    }

    private static boolean inked(Image sheet, int fromRow, int toRow) {
        byte[] part = Arrays.copyOfRange(sheet.samples(), fromRow * sheet.width() * 3, toRow * sheet.width() * 3);
        for (byte sample : part) if ((sample & 255) < 128) return true;
        return false;
    }

    @Test
    void refusesNothingAndCaptionsThatDoNotMatch() {
        assertThatThrownBy(() -> new ImageGrid(0)).hasMessageContaining("at least 1 column");
        assertThatThrownBy(() -> new ImageGrid(1).draw(List.of())).hasMessageContaining("at least one picture");
        assertThatThrownBy(() -> new ImageGrid(1).draw(List.of(red(2)), List.of("a", "b")))
                .hasMessageContaining("1 pictures and 2 captions");
    }
}
