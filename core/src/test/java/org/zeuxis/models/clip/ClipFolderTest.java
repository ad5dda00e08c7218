package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;

class ClipFolderTest {
    @Test
    void savedFolderEmbedsTheSame(@TempDir Path path) throws IOException {
        BytePairEncoding encoding = BytePairEncoding.train(List.of("a red car", "a red bird"), 530);
        ClipTokenizer tokenizer = new ClipTokenizer(encoding, 16, BytePairEncoding.END);
        Clip clip = Initialization.seeded(
                Seed.of(1),
                () -> new Clip(new Clip.Config(
                        new ClipTextModel.Config(
                                tokenizer.vocabularySize(), 16, 16, 2, 2, 32, Activation.QUICK_GELU, tokenizer.endId()),
                        new ClipVisionModel.Config(16, 8, 24, 1, 2, 48, Activation.GELU),
                        8)));
        new ClipFolder(clip, tokenizer).save(path);
        ClipFolder again = ClipFolder.load(path);
        assertThat(again.clip().config()).isEqualTo(clip.config());
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
