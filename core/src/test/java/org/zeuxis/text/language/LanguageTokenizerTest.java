package org.zeuxis.text.language;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.FolderCopy;

/** Against the tokenizers library. */
class LanguageTokenizerTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path FOLDERS = GOLDEN.resolve("language-tokenizers");

    @TempDir
    Path copy;

    @ParameterizedTest
    @ValueSource(strings = {"bytes", "characters", "characters-first", "opt"})
    void idsAndTextsAreThoseOfTheLibrary(String kind) throws IOException {
        JsonNode golden = new ObjectMapper()
                .readTree(GOLDEN.resolve("language-tokenizers.json").toFile());
        LanguageTokenizer tokenizer =
                LanguageTokenizer.read(FOLDERS.resolve(kind)).with("<|endofchunk|>", "<image>");
        JsonNode its = golden.path(kind);
        assertThat(tokenizer.size()).isEqualTo(its.path("size").asInt());
        assertThat(tokenizer.start()).containsExactly(ints(its.path("start")));
        assertThat(tokenizer.endId()).isEqualTo(its.path("end").asInt());
        assertThat(tokenizer.id("<image>")).isEqualTo(tokenizer.size() - 1);
        assertThat(tokenizer.with("<image>").size()).isEqualTo(tokenizer.size());
        for (int i = 0; i < golden.path("texts").size(); i++) {
            String text = golden.path("texts").path(i).asText();
            int[] ids = ints(its.path("ids").path(i));
            assertThat(tokenizer.tokens(text)).as(text).containsExactly(ids);
            assertThat(tokenizer.decode(ids))
                    .as(text)
                    .isEqualTo(its.path("read").path(i).asText());
        }
    }

    /** Every key gives the ids and texts that transformers gives, or is refused by name. */
    @Test
    void whatAKeyChangesIsHonouredOrRefused() throws IOException {
        JsonNode golden = new ObjectMapper()
                .readTree(GOLDEN.resolve("language-tokenizer-keys.json").toFile());
        int refused = 0;
        for (JsonNode each : golden.path("cases")) {
            String kind = each.path("kind").asText();
            String key = each.path("key").asText();
            Path folder = Files.createTempDirectory(copy, kind).resolve("folder");
            FolderCopy.of(FOLDERS.resolve(kind), folder);
            String value = each.path("value").asText().equals("gone")
                    ? ""
                    : each.path("value").toString();
            FolderCopy.set(folder.resolve("tokenizer.json"), key, value);
            LanguageTokenizer tokenizer;
            try {
                tokenizer = LanguageTokenizer.read(folder);
            } catch (IOException e) {
                assertThat(each.path("changes").asBoolean())
                        .as("refused without need: " + each)
                        .isTrue();
                String named = key.startsWith("model/vocab") ? "model.vocab" : key.replace('/', '.');
                assertThat(e)
                        .as(each.toString())
                        .hasMessageContaining("expected ")
                        .hasMessageContaining(named);
                refused++;
                continue;
            }
            for (int i = 0; i < golden.path("texts").size(); i++) {
                String text = golden.path("texts").path(i).asText();
                int[] begun = tokenizer.start();
                int[] ids = tokenizer.tokens(text);
                int[] all = Arrays.copyOf(begun, begun.length + ids.length);
                System.arraycopy(ids, 0, all, begun.length, ids.length);
                assertThat(all)
                        .as(key + " '" + text + "'")
                        .containsExactly(ints(each.path("ids").path(i)));
                assertThat(tokenizer.decode(ints(golden.path("plain").path(kind).path(i))))
                        .as(key + " '" + text + "'")
                        .isEqualTo(each.path("read").path(i).asText());
            }
        }
        assertThat(refused).isEqualTo(21);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bytes|further|1|expected only known keys, got further",
                "bytes|model/further|1|expected only known keys, got model.further",
                "bytes|decoder|null|expected decoder to be ByteLevel, got none",
                "characters|decoder/decoders|[{\"type\":\"Fuse\"}]|expected decoder to be Replace, ByteFallback, Fuse and perhaps Strip, got Fuse",
                "bytes|model/type|\"WordPiece\"|expected model.type to be BPE, got WordPiece",
                "bytes|model/ignore_merges|true|model.ignore_merges",
                "bytes|model/end_of_word_suffix|\"</w>\"|model.end_of_word_suffix",
                "bytes|pre_tokenizer/use_regex|false|pre_tokenizer.use_regex",
                "bytes|normalizer/type|\"Lowercase\"|expected normalizer to be NFC, got Lowercase",
                "bytes|model/vocab|{}|expected tokens with their ids in model.vocab",
                "bytes|model/vocab|{\"a\":-1}|expected an id from 0",
                "characters|model/byte_fallback|false|model.byte_fallback",
                "characters|normalizer|null|a mark for each space, got neither",
                "characters|pre_tokenizer|{\"type\":\"Whitespace\"}|expected pre_tokenizer to be null or Metaspace",
                "characters-first|pre_tokenizer/split|true|pre_tokenizer.split",
                "characters|post_processor/single|[{\"Sequence\":{}},{\"SpecialToken\":{\"id\":\"</s>\"}}]|adds nothing after a text",
            })
    void whatChangesTheIdsIsRefusedByName(String kind, String key, String value, String named) throws IOException {
        FolderCopy.of(FOLDERS.resolve(kind), copy);
        FolderCopy.set(copy.resolve("tokenizer.json"), key, value);
        assertThatThrownBy(() -> LanguageTokenizer.read(copy))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("tokenizer.json")
                .hasMessageContaining(named);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tokenizer_config.json|tokenizer_class|\"BertTokenizer\"|expected tokenizer_class to be GPT2Tokenizer",
                "tokenizer_config.json|errors|\"strict\"|expected errors to be replace",
                "tokenizer_config.json|add_eos_token|true|expected add_eos_token to be false",
                "tokenizer_config.json|bos_token|\"<begin>\"|expected the token '<begin>' in vocab.json",
                "tokenizer_config.json|added_tokens_decoder|{\"2\":{\"content\":\"</s>\",\"lstrip\":true}}|lstrip of </s>",
                "tokenizer_config.json|added_tokens_decoder|{\"2\":3}|expected tokens by their ids in added_tokens_decoder, got '2'",
                "tokenizer_config.json|added_tokens_decoder|{\"abc\":{}}|expected tokens by their ids in added_tokens_decoder, got 'abc'",
                "tokenizer_config.json|additional_special_tokens|[\"<more>\"]|expected the token '<more>'",
                "vocab.json|ÿ|''|expected each byte in vocab.json, got none for 'ÿ'",
                "vocab.json|a|-3|expected ids of 0 to",
            })
    void whatFilesOfGpt2AskForIsHonouredOrRefused(String file, String key, String value, String named)
            throws IOException {
        FolderCopy.of(FOLDERS.resolve("opt"), copy);
        FolderCopy.set(copy.resolve(file), key, value);
        assertThatThrownBy(() -> LanguageTokenizer.read(copy))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(named);
    }

    @Test
    void tokensOfFurtherFilesAreFound() throws IOException {
        FolderCopy.of(FOLDERS.resolve("opt"), copy);
        int next = LanguageTokenizer.read(copy).size();
        Files.writeString(copy.resolve("added_tokens.json"), "{\"<image>\": " + next + "}");
        LanguageTokenizer tokenizer = LanguageTokenizer.read(copy);
        assertThat(tokenizer.tokens("<image>")).containsExactly(next);
        FolderCopy.set(copy.resolve("tokenizer_config.json"), "add_bos_token", "false");
        assertThat(LanguageTokenizer.read(copy).start()).isEmpty();
        Files.delete(copy.resolve("special_tokens_map.json"));
        FolderCopy.set(copy.resolve("tokenizer_config.json"), "eos_token", "\"<pad>\"");
        assertThat(LanguageTokenizer.read(copy).endId()).isEqualTo(1);
    }

    @Test
    void aFolderWithoutOneIsRefused() throws IOException {
        assertThatThrownBy(() -> LanguageTokenizer.read(copy)).hasMessageContaining("save its tokenizer with");
        Files.writeString(copy.resolve("tokenizer.json"), "{");
        assertThatThrownBy(() -> LanguageTokenizer.read(copy)).hasMessageContaining("expected JSON");
    }

    private static int[] ints(JsonNode list) {
        int[] all = new int[list.size()];
        for (int i = 0; i < all.length; i++) all[i] = list.path(i).asInt();
        return all;
    }
}
