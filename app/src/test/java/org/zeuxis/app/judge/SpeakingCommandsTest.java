package org.zeuxis.app.judge;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/** {@code evaluate few-shot} and {@code evaluate questions} on the tiny random models that {@code core} is tested with. */
class SpeakingCommandsTest {
    private static final Path GOLDEN = Path.of("../core/src/test/resources/golden");
    private static final String MODEL = GOLDEN.resolve("tiny-idefics-resampled").toString();
    private static final String CLIP =
            GOLDEN.resolve("tiny-open-flamingo-gpt-neox/clip").toString();
    private static final String[] NAMES = {"cat", "car", "bat", "cup"};

    @TempDir
    private Path folder = Path.of("");

    @BeforeEach
    void draw() throws IOException {
        for (int n = 0; n < NAMES.length; n++) {
            byte[] samples = new byte[12 * 12 * 4];
            for (int i = 2 * 12 * 4; i < samples.length - 2 * 12 * 4; i += 4) {
                samples[i + n % 3] = (byte) (120 + 40 * n);
                samples[i + 3] = (byte) 255;
            }
            ImageFile.write(folder.resolve(NAMES[n] + ".png"), new Image(12, 12, 4, samples));
            Files.writeString(folder.resolve(NAMES[n] + ".txt"), NAMES[n] + "\na drawing of a " + NAMES[n]);
        }
    }

    private CommandRun fewShot(String... more) {
        return evaluate("few-shot", more);
    }

    private CommandRun evaluate(String what, String... more) {
        String[] given = {"evaluate", what, folder.toString(), "--model", MODEL, "--dtype", "float32", "--tokens", "4"};
        return CommandRun.of(Stream.of(given, more).flatMap(Stream::of).toArray(String[]::new));
    }

    private static List<JsonNode> json(CommandRun run) throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        List<JsonNode> lines = new ArrayList<>();
        for (String line : run.out().lines().toList()) lines.add(mapper.readTree(line));
        return lines;
    }

    @Test
    void aCurveHasALineForEachNumberOfExamples() {
        CommandRun run = fewShot("--shots", "0,1", "--ask", "what?", "--examples", folder.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        List<String> lines = run.out().lines().toList();
        assertThat(lines).hasSize(4);
        assertThat(lines.get(0)).isEqualTo(folder + "  4 pictures");
        assertThat(lines.get(1)).matches("shots  is the label +mentions it");
        assertThat(lines.get(2)).matches(" {4}0  .+ % \\(.+; \\d of 4\\) +.+ % \\(.+; \\d of 4\\)");
        assertThat(lines.get(3)).startsWith("    1  ");
    }

    @Test
    void descriptionsAreJudgedByCiderToo() throws IOException {
        CommandRun table = fewShot("--shots", "0", "--captions");
        assertThat(table.out().lines().toList().get(1)).endsWith("CIDEr-D");
        assertThat(table.out().lines().toList().get(2)).matches(".* \\d\\.\\d{3} \\(\\d\\.\\d{3} to \\d\\.\\d{3}\\)");
        CommandRun run = fewShot(
                "--shots", "0,1", "--captions", "--json", "--similar", "--clip", CLIP, "--examples", folder.toString());
        assertThat(run.err()).isEmpty();
        List<JsonNode> lines = json(run);
        assertThat(lines).hasSize(2).allSatisfy(line -> {
            assertThat(line.path("dataset").asText()).isEqualTo(folder.toString());
            assertThat(line.path("similar").asBoolean()).isTrue();
            assertThat(line.path("right").path("of").asInt()).isEqualTo(4);
            assertThat(line.path("mentions").path("low").asDouble()).isBetween(0.0, 1.0);
            assertThat(line.path("cider_d").path("mean").asDouble()).isBetween(0.0, 10.0);
        });
        assertThat(lines).extracting(line -> line.path("shots").asInt()).containsExactly(0, 1);
    }

    @Test
    void scenesAreComposedAndDescribed() throws IOException {
        CommandRun run = fewShot("--shots", "0", "--scenes", "--limit", "3", "--json");
        assertThat(run.err()).isEmpty();
        assertThat(json(run)).hasSize(1).first().satisfies(line -> {
            assertThat(line.path("right").path("of").asInt()).isEqualTo(3);
            assertThat(line.has("cider_d")).isTrue();
        });
        assertThat(fewShot("--shots", "0", "--scenes", "--ask", "what?").err())
                .contains("--ask: expected it alone, got it with --scenes");
    }

    @Test
    void questionsHaveALineForEachKindAndBothBaselines() throws IOException {
        CommandRun table = evaluate("questions", "--count", "2");
        assertThat(table.err()).isEmpty();
        assertThat(table.code()).isZero();
        assertThat(table.out().lines().toList())
                .hasSize(2 + 8 + 2)
                .first()
                .isEqualTo("questions  16, each after 0 examples");
        assertThat(table.out()).contains("odd one out ", "\nall ", "seeing over not seeing, all  ");
        List<JsonNode> lines = json(evaluate("questions", "--count", "3", "--json"));
        assertThat(lines)
                .extracting(line -> line.path("kind").asText())
                .containsExactly(
                        "name",
                        "count",
                        "own color",
                        "color",
                        "background",
                        "position",
                        "comparison",
                        "odd one out",
                        "all");
        assertThat(lines).allSatisfy(line -> {
            assertThat(line.path("majority").path("hits").asInt()).isPositive();
            assertThat(line.path("blind").path("rate").asDouble()).isBetween(0.0, 1.0);
        });
        assertThat(lines.get(8).path("right").path("of").asInt()).isEqualTo(24);
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        String here = folder.toString();
        assertThat(fewShot().err())
                .hasLineCount(1)
                .contains("--examples: expected a dataset to take 32 examples from, got none; name one, or ask with"
                        + " --shots 0");
        assertThat(fewShot("--shots", "0,-1").err()).contains("--shots: expected numbers of at least 0, got [0, -1]");
        assertThat(fewShot("--shots", "0", "--similar").err())
                .contains("--similar: expected --shots above 0, got none; leave it out");
        assertThat(fewShot("--shots", "0", "--clip", CLIP).err()).contains("--clip: expected --similar");
        assertThat(fewShot("--shots", "0", "--captions", "--ask", "what?").err())
                .contains("--ask: expected it alone, got it with --captions");
        assertThat(fewShot("--shots", "0", "--ask", " ").err()).contains("--captions has pictures described");
        assertThat(fewShot("--shots", "9", "--examples", here).err())
                .hasLineCount(1)
                .contains(here
                        + ": expected at least 9 examples, got 4; name a larger dataset, or ask with fewer --shots");
        assertThat(fewShot("--shots", "4", "--examples", here).err())
                .contains("expected at least 4 examples that are not the picture itself, got 3");
        assertThat(fewShot("--shots", "1", "--pool", "0", "--examples", here).err())
                .contains("--pool: expected at least 1, got 0");
        assertThat(evaluate("questions", "--count", "0").err()).contains("--count: expected at least 1, got 0");
        assertThat(evaluate("questions", "--shots", "-1").err()).contains("--shots: expected at least 0, got -1");
    }
}
