package org.zeuxis.text.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.text.TokenBatch;

class UnigramTokenizerTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path folder;

    @Test
    void rowsEndAndArePaddedAndSayWhatWasCut() throws IOException {
        UnigramTokenizer tokenizer = UnigramTokenizer.read(GOLDEN.resolve("tiny-t5"), 6);
        TokenBatch batch = tokenizer.encode(List.of("a", "a photo of a cat"));
        assertThat(batch.row(0)).containsExactly(35, 1, 0, 0, 0, 0);
        assertThat(batch.lengths()).containsExactly(2, 6);
        assertThat(batch.row(1)[5]).isEqualTo(tokenizer.endId());
        assertThat(batch.cut().get(0)).isEmpty();
        String kept = tokenizer.decode(
                Arrays.stream(batch.row(1)).mapToInt(Math::toIntExact).toArray());
        assertThat((kept + batch.cut().get(1)).replace(" ", "")).isEqualTo("aphotoofacat");
    }

    @Test
    void aFileThatIsNoModelIsNamed() throws IOException {
        Files.writeString(folder.resolve("spiece.model"), "version https://git-lfs.github.com/spec/v1");
        assertThatThrownBy(() -> UnigramTokenizer.read(folder, 16))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("spiece.model: expected a SentencePiece model, got something else");
    }

    @Test
    void aModelCutAnywhereIsRefused() throws IOException {
        byte[] whole = Files.readAllBytes(GOLDEN.resolve("tiny-t5/spiece.model"));
        Path file = folder.resolve("spiece.model");
        for (int length : new int[] {0, 1, 7, 300, 4_000, whole.length / 2, whole.length - 30}) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> UnigramTokenizer.read(folder, 16))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(folder.toString());
        }
    }

    @Test
    void piecesOfAnotherKindAreRefused() throws IOException {
        byte[] bytePairs = {0x0a, 0x03, 0x0a, 0x01, 'a', 0x12, 0x02, 0x18, 0x02}; // trainer_spec.model_type BPE
        Files.write(folder.resolve("spiece.model"), bytePairs);
        assertThatThrownBy(() -> UnigramTokenizer.read(folder, 16)).hasMessageContaining("unigram, got kind 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "\"Unigram\"|\"BPE\"|a model of type Unigram, got BPE",
                "\"type\":\"Precompiled\"|\"type\":\"Lowercase\"|normalizer of type Precompiled, got Lowercase",
                "\"prepend_scheme\":\"always\"|\"prepend_scheme\":\"first\"|prepend_scheme always, got first",
                "\"byte_fallback\":false|\"byte_fallback\":true|byte_fallback false, got true"
            })
    void settingsThatChangeTheIdsAreRefused(String was, String now, String message) throws IOException {
        String json = JSON.readTree(
                        GOLDEN.resolve("tiny-t5-plain/tokenizer.json").toFile())
                .toString();
        assertThat(json).contains(was);
        Files.writeString(folder.resolve("tokenizer.json"), json.replace(was, now));
        assertThatThrownBy(() -> UnigramTokenizer.read(folder, 16)).hasMessageContaining(message);
    }

    @Test
    void aFolderWithoutEitherFileSaysWhatIsExpected() {
        assertThatThrownBy(() -> UnigramTokenizer.read(folder, 16))
                .hasMessage(folder + ": expected spiece.model or tokenizer.json, got neither; a checkpoint's tokenizer"
                        + " is often in its folder 'tokenizer'");
    }
}
