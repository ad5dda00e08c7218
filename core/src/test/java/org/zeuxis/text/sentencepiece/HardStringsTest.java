package org.zeuxis.text.sentencepiece;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.text.EveryCodePoint;

/** Against transformers' T5Tokenizer, whose two files of one tokenizer are read alike. */
class HardStringsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<JsonNode> LINES = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeAll
    static void read() throws IOException {
        try (BufferedReader in =
                new BufferedReader(new InputStreamReader(unpacked("t5-tokens.jsonl.gz"), StandardCharsets.UTF_8))) {
            for (String line : in.lines().skip(1).toList()) LINES.add(JSON.readTree(line));
        }
    }

    private static InputStream unpacked(String name) throws IOException {
        return new GZIPInputStream(Files.newInputStream(GOLDEN.resolve(name)));
    }

    private UnigramTokenizer tokenizer(String file) throws IOException {
        try (InputStream in = unpacked("t5-tokenizer/" + file + ".gz")) {
            Files.copy(in, folder.resolve(file));
        }
        return UnigramTokenizer.read(folder, 256);
    }

    @ParameterizedTest
    @ValueSource(strings = {"spiece.model", "tokenizer.json"})
    void tenThousandHaveTheIdsOfTransformers(String file) throws IOException {
        assertThat(compared(tokenizer(file), 1)).isEqualTo(10_000);
    }

    @Test
    void aShortTableOfCharactersGivesThemToo() throws IOException {
        assertThat(compared(UnigramTokenizer.read(GOLDEN.resolve("tiny-t5-plain"), 256), 2))
                .isEqualTo(2_000);
    }

    /** How many strings were compared. */
    private static int compared(UnigramTokenizer tokenizer, int column) {
        int strings = 0;
        List<String> wrong = new ArrayList<>();
        for (JsonNode line : LINES) {
            if (!line.isArray() || line.get(column).isNull()) continue;
            strings++;
            String text = line.get(0).asText();
            int[] ours = tokenizer.tokens(text);
            int[] theirs = StreamSupport.stream(line.get(column).spliterator(), false)
                    .mapToInt(JsonNode::asInt)
                    .toArray();
            if (Arrays.equals(ours, theirs)) continue;
            wrong.add(line.get(0) + " got " + Arrays.toString(ours) + ", transformers has " + Arrays.toString(theirs));
        }
        assertThat(wrong).isEmpty();
        return strings;
    }

    @ParameterizedTest
    @ValueSource(strings = {"spiece.model", "tokenizer.json"})
    void everyCodePointHasTheIdsOfTransformers(String file) throws IOException {
        UnigramTokenizer tokenizer = tokenizer(file);
        JsonNode points = LINES.get(LINES.size() - 1).get("points");
        assertThat(EveryCodePoint.wrong(points, tokenizer::tokens)).isEmpty();
    }
}
