package org.zeuxis.image.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;

class EncodedPictureTest {
    private static final Image PICTURE = new Image(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6});

    @Test
    void aPictureSurvivesAsText() {
        String text = EncodedPicture.png(PICTURE, PngText.NONE);
        for (String each : new String[] {text, "data:image/png;base64," + text, "DATA:image/jpeg;base64," + text}) {
            assertThat(EncodedPicture.decode(each).samples()).isEqualTo(PICTURE.samples());
        }
        assertThat(EncodedPicture.decode(ImageFile.png(PICTURE, PngText.NONE)).samples())
                .isEqualTo(PICTURE.samples());
    }

    @Test
    void whatIsElsewhereIsNotFetched() {
        assertThatThrownBy(() -> EncodedPicture.decode("https://example.org/a.png"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("expected a picture in base64 or as data:image/png;base64,…, got https://example.org/a.png,"
                        + " which is not fetched; give the picture itself");
        assertThatThrownBy(() -> EncodedPicture.decode("file:/etc/passwd"))
                .hasMessageEndingWith("got file:/etc/passwd");
        assertThatThrownBy(() -> EncodedPicture.decode("data:image/svg+xml,<svg>" + "x".repeat(100)))
                .hasMessageEndingWith("got data:image/svg+xml,<svg>xxxxxxxxxxxxxxxx…");
    }

    @Test
    void whatIsNoPictureIsRefused() {
        assertThatThrownBy(() -> EncodedPicture.decode("data:image/png;base64,!"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> EncodedPicture.decode("abc")).hasMessageStartingWith("picture: expected a PNG, JPEG");
        assertThatThrownBy(() -> EncodedPicture.decode("a"))
                .hasMessageStartingWith("expected a picture in base64, got what is none: ");
        byte[] bomb = ImageFile.png(new Image(4097, 4096, 3, new byte[3 * 4097 * 4096]), PngText.NONE);
        assertThatThrownBy(() -> EncodedPicture.decode(bomb)).hasMessageContaining("4097x4096");
    }
}
