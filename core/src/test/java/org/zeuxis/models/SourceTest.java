package org.zeuxis.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.zeuxis.image.Image;

class SourceTest {
    private static final Image OPAQUE = new Image(2, 1, 3, new byte[] {1, 2, 3, 4, 5, 6});
    private static final Image HALF = new Image(2, 1, 4, new byte[] {1, 2, 3, 0, 4, 5, 6, -1});

    @Test
    void aTransparentMaskIsWhiteThere() {
        Source source = Source.transparent(OPAQUE, HALF, OptionalDouble.empty());
        assertThat(source.image().samples()).isEqualTo(OPAQUE.samples());
        assertThat(source.mask()).isNotNull().extracting(Image::samples).isEqualTo(new byte[] {-1, -1, -1, 0, 0, 0});
        assertThat(source.strength()).isEqualTo(1);
    }

    @Test
    void aPictureMayBeItsOwnMask() {
        Source source = Source.transparent(HALF, null, OptionalDouble.of(0.5));
        assertThat(source.image().samples()).isEqualTo(new byte[] {-1, -1, -1, 4, 5, 6});
        assertThat(source.mask()).isNotNull().extracting(Image::samples).isEqualTo(new byte[] {-1, -1, -1, 0, 0, 0});
        assertThat(source.strength()).isEqualTo(0.5);
    }

    @Test
    void anOpaqueMaskIsTakenAsItIs() {
        assertThat(Source.transparent(HALF, OPAQUE, OptionalDouble.empty()).mask())
                .isSameAs(OPAQUE);
    }

    @Test
    void withoutAMaskAllIsRedrawnInPart() {
        Source source = Source.transparent(OPAQUE, null, OptionalDouble.empty());
        assertThat(source.mask()).isNull();
        assertThat(source.strength()).isEqualTo(0.75);
        Image whole = new Image(1, 1, 4, new byte[] {1, 2, 3, -1});
        assertThat(Source.transparent(whole, null, OptionalDouble.empty()).mask())
                .isNull();
    }

    @Test
    void aMaskThatCoversAllIsRefused() {
        Image whole = new Image(2, 1, 4, new byte[] {1, 2, 3, -1, 4, 5, 6, -1});
        assertThatThrownBy(() -> Source.transparent(OPAQUE, whole, OptionalDouble.empty()))
                .hasMessage(
                        "expected a mask that is transparent where the picture is redrawn, got one that is so nowhere");
    }
}
