package org.zeuxis.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.Golden;

/** Every key of a tokenizer's files gives the ids that transformers gives, or is refused by name. */
class TokenizerKeysTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path VOCABULARY = Golden.path("tiny-stable-diffusion").resolve("tokenizer");
    private static final String FAST = "tokenizer.json";

    @TempDir
    Path temporary;

    @Test
    void idsAreThoseOfTransformersOrTheKeyIsRefused() throws IOException {
        JsonNode golden = JSON.readTree(Golden.path("tokenizer-keys.json").toFile());
        JsonNode plain = golden.at("/cases/0/ids");
        List<String> refused = new ArrayList<>();
        for (JsonNode each : golden.get("cases")) {
            String key = each.get("key").asText();
            ClipTokenizer tokenizer;
            try {
                tokenizer = ClipTokenizer.read(folder(each.get("files")));
            } catch (IOException e) {
                assertThat(e).as(each.toString()).hasMessageContaining("expected " + key);
                assertThat(each.get("ids")).as("refused without need: " + key).isNotEqualTo(plain);
                refused.add(key);
                continue;
            }
            for (int i = 0; i < golden.get("texts").size(); i++) {
                String text = golden.get("texts").get(i).asText();
                assertThat(tokenizer.encode(text).row(0))
                        .as(key + " '" + text + "' of " + each.get("files"))
                        .containsExactly(row(each.get("ids").get(i)));
            }
        }
        assertThat(refused)
                .containsExactly(
                        "padding_side",
                        "truncation_side",
                        "split_special_tokens",
                        "additional_special_tokens",
                        "extra_special_tokens",
                        "extra_special_tokens",
                        "image_token",
                        "model_specific_special_tokens",
                        "sep_token",
                        "mask_token",
                        "cls_token",
                        "single_word",
                        "additional_special_tokens",
                        "padding",
                        "truncation");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '~',
            quoteCharacter = '`',
            value = {
                "{'padding_side': 'left'} ~ expected padding_side to be right, got left, which is not supported",
                "{'tokenizer_class': 'T5Tokenizer'} ~ expected tokenizer_class to be CLIPTokenizer or CLIPTokenizerFast, got T5Tokenizer",
                "{'split_special_tokens': true} ~ expected split_special_tokens to be false, got true",
                "{'mask_token': {'content': 'cat'}} ~ expected mask_token to be among the added tokens, got 'cat'; declare it in added_tokens_decoder",
                "{'bos_token': {'content': '<|startoftext|>', 'single_word': true}} ~ expected single_word of bos_token to be false, got true",
                "{'max_len': 2000000} ~ expected a max_len of at most 1048576",
                "{'lower': true} ~ expected only known keys, got lower = true; correct it, or choose another checkpoint",
            })
    void whatIsNotHereIsRefusedInOneLineThatNamesTheFile(String config, String message) throws IOException {
        Path folder = folder(JSON.createObjectNode());
        Path file = folder.resolve("tokenizer_config.json");
        Files.writeString(file, config.replace('\'', '"'));
        assertThatThrownBy(() -> ClipTokenizer.read(folder))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(file + ": " + message)
                .extracting(e -> String.valueOf(e.getMessage()).lines().count())
                .isEqualTo(1L);
    }

    /** The vocabulary in a file of its own kind beside the given files. */
    private Path folder(JsonNode files) throws IOException {
        Path folder = Files.createTempDirectory(temporary, "tokenizer");
        for (Map.Entry<String, JsonNode> file : files.properties()) {
            Files.writeString(folder.resolve(file.getKey()), file.getValue().toString());
        }
        if (files.has(FAST)) {
            ObjectNode whole = files.get(FAST).deepCopy();
            ObjectNode model = whole.putObject("model").put("type", "BPE").put("end_of_word_suffix", "</w>");
            model.set("vocab", JSON.readTree(VOCABULARY.resolve("vocab.json").toFile()));
            ArrayNode merges = model.putArray("merges");
            Files.readAllLines(VOCABULARY.resolve("merges.txt")).stream()
                    .skip(1)
                    .forEach(merges::add);
            Files.writeString(folder.resolve(FAST), whole.toString());
        } else {
            for (String name : List.of("vocab.json", "merges.txt")) {
                Files.copy(VOCABULARY.resolve(name), folder.resolve(name));
            }
        }
        return folder;
    }

    /** The golden file leaves out all but the first of the padding. */
    private static long[] row(JsonNode ids) {
        long[] row = new long[77];
        for (int i = 0; i < row.length; i++)
            row[i] = ids.get(Math.min(i, ids.size() - 1)).asLong();
        return row;
    }
}
