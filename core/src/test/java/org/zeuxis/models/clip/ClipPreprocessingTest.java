package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.zeuxis.checkpoint.Config;
import org.zeuxis.image.Image;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;

class ClipPreprocessingTest {
    @Test
    void readsOldAndNewFormsOfTheSize() throws IOException {
        ClipPreprocessing published = ClipPreprocessing.of(224);
        assertThat(ClipPreprocessing.from(Config.parse("old", "{\"size\": 224, \"resample\": 3}"), 224))
                .isEqualTo(published);
        assertThat(ClipPreprocessing.from(Config.parse("new", "{\"size\": {\"shortest_edge\": 224}}"), 224))
                .isEqualTo(published);
    }

    @Test
    void anotherMeanAndFilterAreTaken() throws IOException {
        Config c = Config.parse(
                "siglip", "{\"image_mean\": [0.5, 0.5, 0.5], \"image_std\": [0.5, 0.5, 0.5], \"resample\": 2}");
        assertThat(ClipPreprocessing.from(c, 64))
                .isEqualTo(new ClipPreprocessing(64, Resize.Filter.BILINEAR, Normalize.TO_ONE));
    }

    @Test
    void whatItWritesItReads() throws IOException {
        ClipPreprocessing p = ClipPreprocessing.of(64);
        assertThat(ClipPreprocessing.from(Config.parse("written", p.write().text()), 64))
                .isEqualTo(p);
    }

    @Test
    void aSizeThatTheTowerDoesNotSeeIsRefused() throws IOException {
        Config c = Config.parse("p.json", "{\"size\": 336}");
        assertThatThrownBy(() -> ClipPreprocessing.from(c, 224))
                .hasMessageContaining("expected the image tower's size");
    }

    @Test
    void transparencyIsWhiteAndTheMiddleIsKept() {
        byte[] samples = new byte[8 * 4 * 4]; // 8 wide, 4 high, all transparent but the left quarter
        for (int y = 0; y < 4; y++) for (int x = 0; x < 2; x++) samples[(y * 8 + x) * 4 + 3] = (byte) 255;
        Image crop = ClipPreprocessing.of(4).crop(new Image(8, 4, 4, samples));
        assertThat(List.of(crop.width(), crop.height(), crop.channels())).containsExactly(4, 4, 3);
        assertThat(crop.samples()).containsOnly((byte) 255);
    }
}
