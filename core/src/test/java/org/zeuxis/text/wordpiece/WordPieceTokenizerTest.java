package org.zeuxis.text.wordpiece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.text.TokenBatch;

/** Against transformers' BertTokenizer and the normaliser of tokenizers. */
class WordPieceTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"tiny-minilm, 2", "tiny-bert-cased, 3"})
    void hardStringsHaveTheIdsOfTransformers(String name, int column) throws IOException {
        WordPieceTokenizer tokenizer = WordPieceTokenizer.read(Golden.path(name));
        WordPieceTokenizer again = saved(tokenizer);
        List<String> lines = lines();
        assertThat(lines).hasSizeGreaterThan(4000);
        for (String line : lines) {
            JsonNode pair = JSON.readTree(line);
            int[] ids = StreamSupport.stream(pair.get(column).spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray();
            assertThat(tokenizer.tokens(pair.get(0).asText()))
                    .as(pair.get(0).toString())
                    .containsExactly(ids);
            assertThat(again.tokens(pair.get(0).asText())).containsExactly(ids);
        }
    }

    @Test
    void hardStringsHaveTheWordsOfTransformers() throws IOException {
        for (String line : lines()) {
            JsonNode pair = JSON.readTree(line);
            assertThat(BertText.UNCASED.words(pair.get(0).asText()))
                    .as(pair.get(0).toString())
                    .containsExactlyElementsOf(StreamSupport.stream(pair.get(1).spliterator(), false)
                            .map(JsonNode::asText)
                            .toList());
        }
    }

    private static List<String> lines() throws IOException {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(Golden.path("wordpiece.jsonl.gz"))),
                StandardCharsets.UTF_8))) {
            return in.lines().skip(1).toList();
        }
    }

    private WordPieceTokenizer saved(WordPieceTokenizer tokenizer) throws IOException {
        tokenizer.save(folder.resolve("saved"));
        return WordPieceTokenizer.read(folder.resolve("saved"));
    }

    @Test
    void rowsBeginAndEndAndArePaddedAndSayWhatWasCut() throws IOException {
        WordPieceTokenizer whole = WordPieceTokenizer.read(Golden.path("tiny-minilm"));
        assertThat(whole.contextLength()).isEqualTo(16);
        WordPieceTokenizer tokenizer = saved(whole.withContextLength(6));
        assertThat(tokenizer.contextLength()).isEqualTo(6);
        TokenBatch batch = tokenizer.encode(List.of("a", "a b c d e f"));
        long a = tokenizer.tokens("a")[0];
        assertThat(batch.row(0)).containsExactly(2, a, 3, 0, 0, 0);
        assertThat(batch.lengths()).containsExactly(3, 6);
        assertThat(batch.row(1)[5]).isEqualTo(tokenizer.endId()).isEqualTo(3);
        assertThat(batch.cut()).containsExactly("", "e f");
        assertThat(tokenizer.decode(2, (int) a, 3, tokenizer.padId())).isEqualTo("a");
        assertThatThrownBy(() -> tokenizer.decode(100_000)).hasMessageContaining("expected ids below");
        assertThatThrownBy(() -> whole.withContextLength(1))
                .hasMessage("expected a context length of at least 2, got 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "model/type | \"BPE\" | expected a model of type WordPiece, got BPE",
                "model/continuing_subword_prefix | \"@@\" | expected continuing_subword_prefix ##, got @@",
                "model/unk_token | \"<unk>\" | expected unk_token [UNK], got <unk>",
                "normalizer/type | \"Lowercase\" | expected a normalizer of type BertNormalizer, got Lowercase",
                "pre_tokenizer/type | \"Whitespace\" | expected a pre_tokenizer of type BertPreTokenizer, got Whitespace",
                "post_processor/type | \"ByteLevel\" | expected a post_processor of type TemplateProcessing, got ByteLevel",
                "post_processor/single | [] | expected parts of post_processor 3, got 0",
                "post_processor | {\"type\":\"BertProcessing\",\"cls\":[\"<s>\",0],\"sep\":[\"</s>\",2]} | expected texts that begin with [CLS], got <s>",
                "added_tokens | [{\"id\":2,\"content\":\"[CLS]\",\"lstrip\":true}] | expected lstrip of '[CLS]' false, got true",
                "added_tokens | [{\"id\":9999,\"content\":\"<cat>\"}] | expected added tokens to be in the vocabulary, got '<cat>'",
                "model/vocab | {\"[PAD]\":0} | expected '[UNK]' in the vocabulary, got none",
                "model/vocab | {\"[PAD]\":-3} | expected ids from 0 to 4194303, got -3 of '[PAD]'",
            })
    void whatItDoesNotDoIsRefusedByName(String key, String json, String message) throws IOException {
        Path copy = FolderCopy.of(Golden.path("tiny-minilm"), folder.resolve("copy"));
        if (key.equals("model/vocab")) FolderCopy.set(copy.resolve("tokenizer.json"), "added_tokens", "[]");
        FolderCopy.set(copy.resolve("tokenizer.json"), key, json);
        assertThatThrownBy(() -> WordPieceTokenizer.read(copy))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(copy.toString())
                .hasMessageContaining(message);
    }

    @Test
    void settingsOfBothFormsAreHonoured() throws IOException {
        Path copy = FolderCopy.of(Golden.path("tiny-minilm"), folder.resolve("copy"));
        Path json = copy.resolve("tokenizer.json");
        WordPieceTokenizer usual = WordPieceTokenizer.read(copy);
        FolderCopy.set(json, "model/max_input_chars_per_word", "3");
        WordPieceTokenizer impatient = WordPieceTokenizer.read(copy);
        assertThat(impatient.tokens("aaa")).isEqualTo(usual.tokens("aaa"));
        assertThat(impatient.tokens("aaaa")).containsExactly(1);
        assertThatThrownBy(() -> impatient.save(folder.resolve("refused")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected a tokenizer of which vocab.txt says everything");
        FolderCopy.set(json, "normalizer/lowercase", "false");
        assertThat(WordPieceTokenizer.read(copy).tokens("É")).isNotEqualTo(usual.tokens("É"));
        Path plain = FolderCopy.of(Golden.path("tiny-bert-cased"), folder.resolve("plain"));
        WordPieceTokenizer cased = WordPieceTokenizer.read(plain);
        FolderCopy.set(plain.resolve("tokenizer_config.json"), "do_lower_case", "true");
        assertThat(WordPieceTokenizer.read(plain).tokens("A")).isNotEqualTo(cased.tokens("A"));
        FolderCopy.set(plain.resolve("tokenizer_config.json"), "do_basic_tokenize", "false");
        assertThatThrownBy(() -> WordPieceTokenizer.read(plain)).hasMessageContaining("do_basic_tokenize");
        FolderCopy.set(plain.resolve("tokenizer_config.json"), "truncation_side", "\"left\"");
        assertThatThrownBy(() -> WordPieceTokenizer.read(plain))
                .hasMessageContaining("expected truncation_side to be right, got left");
    }

    @Test
    void aFolderWithoutATokenizerIsNamed() throws IOException {
        assertThatThrownBy(() -> WordPieceTokenizer.read(folder))
                .hasMessageContaining("expected tokenizer.json or vocab.txt, got neither");
        Files.writeString(folder.resolve("tokenizer.json"), "version https://git-lfs.github.com/spec/v1");
        assertThatThrownBy(() -> WordPieceTokenizer.read(folder)).hasMessageContaining("expected JSON");
    }
}
