package org.zeuxis.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipTokenizerTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<JsonNode> GOLDEN = new ArrayList<>();

    @TempDir
    static Path folder;

    private static ClipTokenizer written;
    private static ClipTokenizer sd1;
    private static ClipTokenizer sd2;

    @BeforeAll
    static void read() throws IOException {
        for (String line : ClipVocabulary.lines("/golden/clip-tokenizer.jsonl.gz")) GOLDEN.add(JSON.readTree(line));
        written = new ClipTokenizer(ClipVocabulary.ENCODING);
        String object = "{'content':'%s','lstrip':false,'normalized':true,'rstrip':false,'single_word':false}";
        String start = object.formatted(BytePairEncoding.START);
        String end = object.formatted(BytePairEncoding.END);
        String roles = "{'bos_token':" + start + ",'eos_token':" + end + ",'unk_token':" + end + ",'pad_token':'%s'}";
        sd1 = published("sd1", roles.formatted(BytePairEncoding.END));
        sd2 = published("sd2", roles.formatted("!"));
    }

    private static ClipTokenizer published(String name, String roles) throws IOException {
        Path files = folder.resolve(name);
        ClipVocabulary.ENCODING.write(files);
        Files.writeString(files.resolve("special_tokens_map.json"), roles.replace('\'', '"'));
        Files.writeString(files.resolve("tokenizer_config.json"), "{\"model_max_length\": 77}");
        return ClipTokenizer.read(files);
    }

    @Test
    void givesTheIdsOfTheReferenceForTenThousandHardStrings() {
        int strings = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonNode line : GOLDEN) {
            if (!line.isArray()) continue;
            strings++;
            String text = line.get(0).asText();
            compare(wrong, "written", text, written, line.get(1));
            compare(wrong, "sd1", text, sd1, line.get(line.get(2).isNull() ? 1 : 2));
            compare(wrong, "sd2", text, sd2, line.get(line.get(3).isNull() ? 1 : 3));
        }
        assertThat(wrong).isEmpty();
        assertThat(strings).isEqualTo(10_000);
    }

    private static void compare(List<String> wrong, String name, String text, ClipTokenizer tokenizer, JsonNode ids) {
        int[] ours = tokenizer.tokens(text);
        int[] theirs = ints(ids);
        if (!Arrays.equals(ours, theirs)) {
            wrong.add(name + " "
                    + text.codePoints().mapToObj(Integer::toHexString).toList() + " " + text + ": got "
                    + Arrays.toString(ours) + ", reference " + Arrays.toString(theirs));
        }
    }

    @Test
    void givesTheIdsOfTheReferenceForEveryCodePoint() {
        JsonNode points = GOLDEN.get(GOLDEN.size() - 1).get("points");
        assertThat(EveryCodePoint.wrong(points, written::tokens)).isEmpty();
    }

    @Test
    void cutsAndPadsAsTheReferenceAndSaysWhatItCut() {
        int rows = 0;
        for (JsonNode line : GOLDEN) {
            if (!line.has("row")) continue;
            rows++;
            String text = line.get("row").asText();
            TokenBatch batch = written.encode(text);
            assertThat(batch.ids()).isEqualTo(longs(line.get("written")));
            assertThat(sd2.encode(text).ids()).isEqualTo(longs(line.get("sd2")));
            // of a character that is read in part the reference tells the rest of the bytes, we the whole
            String cut = line.get("cut").asText();
            String whole = cut.replaceAll("^\ufffd+", "");
            if (whole.equals(cut)) assertThat(batch.cut()).containsExactly(cut);
            else
                assertThat(batch.cut().get(0))
                        .endsWith(whole)
                        .doesNotContain("\ufffd")
                        .hasSizeGreaterThan(whole.length());
            assertThat(!batch.cut().get(0).isEmpty()).isEqualTo(written.tokens(text).length > 75);
        }
        assertThat(rows).isPositive();
    }

    @Test
    void batchHasLengthsAndMask() {
        TokenBatch batch = new ClipTokenizer(ClipVocabulary.ENCODING, 5, "!").encode(List.of("", "a cat", "a b c d e"));
        assertThat(batch.row(0)).containsExactly(49406, 49407, 0, 0, 0);
        assertThat(batch.row(1)).containsExactly(49406, 320, 2368, 49407, 0);
        assertThat(batch.lengths()).containsExactly(2, 4, 5);
        assertThat(batch.mask()).containsExactly(1, 1, 0, 0, 0, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1);
        assertThat(batch.cut()).containsExactly("", "", "d e");
    }

    @Test
    void decodesWithoutStartEndAndPadding() {
        assertThat(written.decode(49406, 320, 1125, 539, 320, 2368, 49407, 49407))
                .isEqualTo("a photo of a cat");
        assertThatThrownBy(() -> written.decode(49408)).hasMessageContaining("0 to 49407, got 49408");
    }

    @Test
    void readsWhatItWrote() throws IOException {
        Path files = folder.resolve("again");
        sd2.write(files);
        ClipTokenizer again = ClipTokenizer.read(files);
        String text = "A <|STARTOFTEXT|> photo! of<|endoftext|>";
        assertThat(again.encode(text).ids()).isEqualTo(sd2.encode(text).ids());
        assertThat(again.padId()).isZero();
        assertThat(again.contextLength()).isEqualTo(77);
    }

    @Test
    void readsAFastTokenizerFile() throws IOException {
        Path files = Files.createDirectories(folder.resolve("fast"));
        Files.writeString(files.resolve("tokenizer.json"), """
            {"added_tokens": [{"id": 3, "content": "<|startoftext|>", "normalized": true},
                              {"id": 4, "content": "<|endoftext|>", "normalized": true}, {"id": 9, "content": "<cat>"}],
             "model": {"type": "BPE", "end_of_word_suffix": "</w>", "merges": ["a b</w>"],
                       "vocab": {"a": 0, "b</w>": 1, "ab</w>": 2, "<|startoftext|>": 3, "<|endoftext|>": 4}}}""");
        ClipTokenizer tokenizer = ClipTokenizer.read(files);
        assertThat(tokenizer.tokens("AB ab<cat> aab")).containsExactly(2, 2, 9, 0, 2);
        assertThat(tokenizer.vocabularySize()).isEqualTo(10);
        assertThat(tokenizer.contextLength()).isEqualTo(77);
    }

    @Test
    void aLoneSurrogateBecomesTheReplacementCharacter() {
        assertThat(written.tokens("a\ud800b")).isEqualTo(written.tokens("a\ufffdb"));
    }

    @Test
    void refusesAFolderWithoutATokenizer() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThatThrownBy(() -> ClipTokenizer.read(empty))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("vocab.json")
                .hasMessageContaining("tokenizer.json")
                .hasMessageContaining("empty");
        Files.writeString(empty.resolve("vocab.json"), "{\"a\": 0,");
        Files.writeString(empty.resolve("merges.txt"), "");
        assertThatThrownBy(() -> ClipTokenizer.read(empty)).hasMessageContaining("expected JSON in");
        Files.writeString(empty.resolve("vocab.json"), "{\"a\": 0}");
        assertThatThrownBy(() -> ClipTokenizer.read(empty)).hasMessageContaining("bos_token '<|startoftext|>'");
        Files.writeString(empty.resolve("merges.txt"), "a b\n");
        assertThatThrownBy(() -> ClipTokenizer.read(empty))
                .hasMessageContaining("merge 1")
                .hasMessageContaining("a b");
    }

    @Test
    void refusesATokenizerOfAnotherKind() throws IOException {
        Path other = Files.createDirectories(folder.resolve("t5"));
        Files.writeString(other.resolve("tokenizer.json"), "{\"model\": {\"type\": \"Unigram\"}}");
        assertThatThrownBy(() -> ClipTokenizer.read(other)).hasMessageContaining("got Unigram");
    }

    @Test
    void refusesBadSettings() {
        assertThatThrownBy(() -> new ClipTokenizer(ClipVocabulary.ENCODING, 1, "!"))
                .hasMessageContaining("at least 2");
        assertThatThrownBy(() -> new ClipTokenizer(ClipVocabulary.ENCODING, 77, "<pad>"))
                .hasMessageContaining("'<pad>'");
    }

    private static int[] ints(JsonNode array) {
        int[] values = new int[array.size()];
        for (int i = 0; i < values.length; i++) values[i] = array.get(i).asInt();
        return values;
    }

    private static long[] longs(JsonNode array) {
        return Arrays.stream(ints(array)).asLongStream().toArray();
    }
}
