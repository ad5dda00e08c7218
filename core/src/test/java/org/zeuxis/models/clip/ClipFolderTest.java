package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class ClipFolderTest {
    @Test
    void savedFolderEmbedsTheSame(@TempDir Path path) throws IOException {
        ClipFolder made = TinyClip.make();
        Clip clip = made.clip();
        made.save(path);
        ClipFolder again = ClipFolder.load(path);
        assertThat(again.clip().config()).isEqualTo(clip.config());
        assertThat(again.preprocessing()).isEqualTo(made.preprocessing());
        Tensor ids = Tensor.of(again.tokenizer().encode(List.of("a red car")).ids(), 1, 16);
        assertThat(again.clip().embedText(ids).maxDifference(clip.embedText(ids)))
                .isZero();
        Tensor pixels = Seed.of(2).randn(2, 3, 16, 16);
        assertThat(again.clip().embedImages(pixels).maxDifference(clip.embedImages(pixels)))
                .isZero();
    }

    @Test
    void folderOfAnotherModelIsRefused() {
        assertThatThrownBy(() ->
                        ClipFolder.load(Golden.path("tiny-stable-diffusion").resolve("unet")))
                .hasMessageContaining("config.json");
    }
}
