package org.zeuxis.app.describe;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.ShellRun;

/** On tiny random models, with lines piped in as a script would. */
class ChatCommandTest {
    private static final Path MODEL = CommandRun.GOLDEN.resolve("tiny-open-flamingo-gpt-neox");
    private static final Path MOVING = CommandRun.GOLDEN.resolve("moving.gif");

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

    private static CommandRun chat(String lines, String... pictures) {
        return chat(MODEL, lines, pictures);
    }

    private static CommandRun chat(Path model, String lines, String... pictures) {
        List<String> arguments =
                new ArrayList<>(List.of("chat", "--model", model.toString(), "--dtype", "float32", "--tokens", "6"));
        arguments.addAll(Arrays.asList(pictures));
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)));
        try {
            return CommandRun.of(arguments.toArray(String[]::new));
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void whatWasSaidIsRememberedUntilItIsForgotten() {
        Path model = CommandRun.GOLDEN.resolve("tiny-idefics-resampled"); // whose words depend on what was said
        CommandRun first = chat(model, "what?\n", red);
        assertThat(first.err()).isEmpty();
        assertThat(first.code()).isZero();
        assertThat(first.out()).isNotBlank().endsWith(System.lineSeparator());
        CommandRun twice = chat(model, "what?\nwhat?\n", red);
        assertThat(twice.err()).isEmpty();
        assertThat(twice.out()).startsWith(first.out()).isNotEqualTo(first.out() + first.out());
        CommandRun anew = chat(model, "what?\n\n/again\nwhat?\n/quit\nwhat?\n", red);
        assertThat(anew.err()).isEmpty();
        assertThat(anew.out()).isEqualTo(first.out() + first.out());
    }

    @Test
    void badLinesLoseNothing() {
        String missing = folder.resolve("no.png").toString();
        CommandRun run = chat("what?\n/image " + missing + "\n/picture x\n/image\nwhat?\n", red);
        assertThat(run.code()).isZero();
        assertThat(run.out()).isEqualTo(chat("what?\nwhat?\n", red).out());
        assertThat(run.err().lines())
                .containsExactly(
                        "zeuxis chat: " + missing + ": expected a picture, but there is no such file",
                        "zeuxis chat: expected a question, /image FILE, /again or /quit, got /picture x",
                        "zeuxis chat: expected a question, /image FILE, /again or /quit, got /image");
    }

    @Test
    void picturesAreShownOnTheWay() {
        CommandRun run = chat("what?\n/image " + blue + "\nwhat?\n");
        assertThat(run.err().lines())
                .containsExactly(
                        "zeuxis chat: expected a picture to speak of, got none yet; show one with /image FILE");
        assertThat(run.out()).isEqualTo(chat("what?\n", blue).out());
        assertThat(chat("/image " + MOVING + "\nwhat?\n").out())
                .isEqualTo(chat("what?\n", MOVING.toString()).out());
    }

    @Test
    void aFullContextIsSaid() {
        CommandRun run = chat("what?\n".repeat(6), red);
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .contains(
                        "zeuxis chat: the context of the model is full; left out the oldest question and its answer,"
                                + " not the pictures",
                        "left out the oldest 2 questions and their answers, not the pictures");
        CommandRun wordy = chat("why ".repeat(5000) + "\nwhat?\n", red);
        assertThat(wordy.err()).hasLineCount(1).contains("expected a prompt of fewer than 64 tokens, got");
        assertThat(wordy.out()).isEqualTo(chat("what?\n", red).out());
    }

    @Test
    void whatCannotBeShownIsSaid() throws IOException {
        Path film = Files.write(folder.resolve("film.mp4"), new byte[] {0, 0, 0, 24, 'f', 't', 'y', 'p'});
        for (String command : List.of("describe", "chat")) {
            CommandRun run = CommandRun.of(command, "--model", MODEL.toString(), film.toString());
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains(film + ": expected a whole, sound video, but it cannot be opened (");
            Path empty = Files.createDirectories(folder.resolve("empty"));
            assertThat(CommandRun.of(command, "--model", MODEL.toString(), empty.toString())
                            .err())
                    .hasLineCount(1)
                    .contains("got a video of 0 frames");
        }
        assertThat(CommandRun.of("chat", "--model", MODEL.toString(), "--tokens", "0", red)
                        .err())
                .contains("--tokens: expected at least 1, got 0");
    }

    /** As a person at a terminal does it: once for the answer, once for the program. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void ctrlCEndsTheAnswerAndThenTheProgram() throws IOException {
        Path talkative = folder.resolve("talkative");
        try (Stream<Path> files = Files.walk(MODEL)) {
            for (Path file : files.toList()) {
                Path to = talkative.resolve(MODEL.relativize(file).toString());
                if (Files.isDirectory(file)) Files.createDirectories(to);
                else Files.copy(file, to);
            }
        }
        Path config = talkative.resolve("language-model/config.json");
        Files.writeString(
                config,
                Files.readString(config)
                        .replace("\"max_position_embeddings\": 64", "\"max_position_embeddings\": 65536"));
        ShellRun run = ShellRun.of(folder, """
            set -m
            mkfifo lines
            exec 3<>lines
            echo what >&3
            zeuxis chat --model talkative --dtype float32 --tokens 60000 red.png < lines > said 2> err &
            until [ -s said ] || ! kill -0 $!; do sleep 0.1; done
            kill -INT -- -$!
            until [ -s err ] || ! kill -0 $!; do sleep 0.1; done
            kill -INT -- -$!
            wait $!
            """);
        assertThat(Files.readString(folder.resolve("err")))
                .isEqualTo("zeuxis chat: the answer was stopped; Ctrl-C once more ends the program\n");
        assertThat(Files.readString(folder.resolve("said"))).endsWith("\n");
        assertThat(run.code()).isEqualTo(130);
    }
}
