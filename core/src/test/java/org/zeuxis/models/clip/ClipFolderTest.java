package org.zeuxis.models.clip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.TokenBatch;

class ClipFolderTest {
    @Test
    void savedFolderEmbedsTheSame(@TempDir Path path) throws IOException {
        ClipFolder made = TinyClip.make();
        Clip clip = made.clip();
        made.save(path);
        ClipFolder again = ClipFolder.load(path, DType.FLOAT32);
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
    void padding_that_all_texts_have_is_left_out_and_changes_nothing() {
        ClipFolder made = TinyClip.make();
        List<String> texts = List.of("a", "a red car");
        TokenBatch padded = made.tokenizer().encode(texts);
        TokenBatch trimmed = padded.trimmed();
        assertThat(trimmed.tokens()).isEqualTo(padded.lengths()[1]).isLessThan(padded.tokens());
        assertThat(trimmed.row(0)).isEqualTo(Arrays.copyOf(padded.row(0), trimmed.tokens()));
        assertThat(trimmed.row(1)).isEqualTo(Arrays.copyOf(padded.row(1), trimmed.tokens()));
        Tensor whole = made.clip().embedText(Tensor.of(padded.ids(), 2, padded.tokens()));
        assertThat(made.embedTexts(texts).maxDifference(whole)).isLessThan(1e-6);
        assertThat(trimmed.trimmed()).isSameAs(trimmed);
    }

    @Test
    void vectorsAreRowsOfTheEmbeddings() {
        ClipFolder made = TinyClip.make();
        List<String> texts = List.of("a red car", "a bird");
        List<float[]> vectors = made.textVectors(texts);
        assertThat(vectors).hasSize(2).allMatch(vector -> vector.length == made.width());
        assertThat(Tensor.cat(0, List.of(row(vectors.get(0)), row(vectors.get(1))))
                        .maxDifference(made.embedTexts(texts)))
                .isZero();
        Image picture = new Image(4, 4, 3, new byte[48]);
        assertThat(row(made.imageVectors(List.of(picture)).get(0)).maxDifference(made.embedImages(List.of(picture))))
                .isZero();
        assertThat(made.tokens("a red car"))
                .isEqualTo(made.tokenizer().encode(List.of("a red car")).lengths()[0]);
        assertThatThrownBy(() -> made.textVectors(List.of("a", "a red car ".repeat(9))))
                .hasMessageStartingWith("expected texts of at most 16 tokens, which this CLIP reads, got one of ")
                .hasMessageEndingWith("; split it");
    }

    private static Tensor row(float[] vector) {
        return Tensor.of(vector, 1, vector.length);
    }

    /** What takes long comes last. */
    @Test
    void theTokenizerIsReadBeforeTheWeights(@TempDir Path path) throws IOException {
        TinyClip.make().save(path);
        Files.writeString(path.resolve("vocab.json"), "{\"a\": -5}");
        Files.delete(path.resolve("model.safetensors"));
        assertThatThrownBy(() -> ClipFolder.load(path)).hasMessageContaining("vocab.json: expected");
    }

    @Test
    void folderOfAnotherModelIsRefused() {
        assertThatThrownBy(() ->
                        ClipFolder.load(Golden.path("tiny-stable-diffusion").resolve("unet"), DType.FLOAT32))
                .hasMessageContaining("config.json");
    }
}
