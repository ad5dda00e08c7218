package org.zeuxis.app.describe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;

/** On the tiny random models that {@code core} is tested with. */
class DescribeCommandTest {
    private static final Path GOLDEN = Path.of("../core/src/test/resources/golden");
    private static final String MODEL =
            GOLDEN.resolve("tiny-open-flamingo-gpt-neox").toString();
    private static final String CLIP =
            GOLDEN.resolve("tiny-open-flamingo-gpt-neox/clip").toString();

    @TempDir
    private Path folder = Path.of("");

    private String red = "";
    private String blue = "";

    @BeforeEach
    void draw() throws IOException {
        TwoPictures pictures = TwoPictures.in(folder);
        red = pictures.red();
        blue = pictures.blue();
    }

    @Test
    void eachPictureIsSpokenOf() {
        CommandRun run = CommandRun.of("describe", "--model", MODEL, "--dtype", "float32", "--tokens", "6", red, blue);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains(red + ": ", blue + ": ");
    }

    @Test
    void videosAreSpokenOf() throws IOException {
        String moving = GOLDEN.resolve("moving.gif").toString();
        Path frames = Files.createDirectories(folder.resolve("frames"));
        Files.copy(Path.of(red), frames.resolve("1.png"));
        Files.copy(Path.of(blue), frames.resolve("2.png"));
        String[] asked = {"describe", "--model", MODEL, "--dtype", "float32", "--labels", "red,blue"};
        CommandRun both = CommandRun.of(with(asked, frames.toString(), moving));
        assertThat(both.err()).isEmpty();
        assertThat(both.out().lines()).hasSize(6).contains(frames.toString(), moving);
        CommandRun last = CommandRun.of(with(asked, blue));
        assertThat(both.out().lines().toList().subList(1, 3))
                .isNotEqualTo(last.out().lines().toList().subList(1, 3));
    }

    @Test
    void aModelOverAnotherClipThanTheOneThatShipsIsRefused() throws IOException {
        Path model = folder.resolve("model");
        try (Stream<Path> files = Files.walk(Path.of(MODEL))) {
            for (Path file : files.filter(file -> !file.startsWith(CLIP)).toList()) {
                Files.copy(file, model.resolve(Path.of(MODEL).relativize(file).toString()));
            }
        }
        Path config = model.resolve("open_flamingo.json");
        String said = Files.readString(config).replace("\"clip\"", "\"pictograms\", \"_clip_sha256\": \"0000\"");
        Files.writeString(config, said);
        String refused = config + ": expected the CLIP it was trained over, of SHA-256 0000, got that of another"
                + " zeuxis-pictograms, ";
        CommandRun other = CommandRun.of("describe", "--model", model.toString(), red);
        assertThat(other.err()).hasLineCount(1).contains(refused).contains("; take both of one version");
        assertThat(other.code()).isEqualTo(1);
        Files.writeString(config, said.replace("\"pictograms\"", "\"another\""));
        assertThat(CommandRun.of("describe", "--model", model.toString(), red).err())
                .hasLineCount(1)
                .contains(config
                        + ": expected clip_vision_encoder_path to be pictograms, the one that ships, got another");
    }

    private static String[] with(String[] arguments, String... more) {
        return Stream.concat(Arrays.stream(arguments), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void labelsAreRanked() {
        CommandRun run = CommandRun.of(
                "describe", "--model", MODEL, "--dtype", "float32", "--ask", "what?", "--labels", "red,blue", red);
        assertThat(run.code()).isZero();
        assertThat(run.out().lines().toList()).hasSize(3).first().isEqualTo(red);
        assertThat(run.out()).containsPattern("-\\d+\\.\\d{3}  red").containsPattern("-\\d+\\.\\d{3}  blue");
    }

    @Test
    void examplesChangeWhatIsSaidOfLabels() throws IOException {
        Path shots = Files.createDirectories(folder.resolve("shots"));
        for (String name : new String[] {"red", "blue"}) {
            Files.copy(folder.resolve(name + ".png"), shots.resolve(name + ".png"));
            Files.writeString(shots.resolve(name + ".txt"), name);
        }
        String[] plain = {"describe", "--model", MODEL, "--dtype", "float32", "--labels", "red,blue", red};
        CommandRun without = CommandRun.of(plain);
        CommandRun with = CommandRun.of(
                "describe",
                "--model",
                MODEL,
                "--dtype",
                "float32",
                "--labels",
                "red,blue",
                "--shots",
                shots.toString(),
                "--shot-count",
                "1",
                "--similar",
                "--clip",
                CLIP,
                red);
        assertThat(with.err()).isEmpty();
        assertThat(with.out()).isNotEqualTo(without.out());
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        assertThat(CommandRun.of("describe", "--model", MODEL, "--tokens", "0", red)
                        .err())
                .contains("--tokens: expected at least 1, got 0");
        assertThat(CommandRun.of("describe", "--model", MODEL, "--shot-count", "0", red)
                        .err())
                .contains("--shot-count: expected at least 1, got 0");
        assertThat(CommandRun.of("describe", "--model", MODEL, "--similar", red).err())
                .contains("--similar: expected --shots to choose from, got none");
        assertThat(CommandRun.of("describe", "--model", MODEL, "--shot-count", "2", red)
                        .err())
                .contains("--shot-count: expected --shots to count, got none");
        assertThat(CommandRun.of("describe", "--model", MODEL, "--clip", CLIP, red)
                        .err())
                .contains("--clip: expected --similar, which it finds examples for, got none; leave it out");
        assertThat(CommandRun.of("describe", "--model", CLIP, red).err())
                .contains("--model: ", "expected an IDEFICS of transformers or an OpenFlamingo");
    }
}
