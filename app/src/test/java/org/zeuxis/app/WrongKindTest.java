package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.app.terminal.TextLines;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/** A folder where a file belongs, a picture where a text does, and the like: each command says what it wanted. */
class WrongKindTest {
    @TempDir
    Path folder;

    @BeforeEach
    void makeOneOfEachKind() throws IOException {
        byte[] noise = new byte[16 * 16 * 3];
        new Random(1).nextBytes(noise);
        ImageFile.write(folder.resolve("picture.png"), new Image(16, 16, 3, noise));
        Files.createDirectories(folder.resolve("folder"));
        Files.writeString(folder.resolve("text.txt"), "a cat\n");
        Files.write(folder.resolve("utf16.txt"), "a cat\n".getBytes(StandardCharsets.UTF_16LE));
        Files.createFile(folder.resolve("empty"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sheet @folder | @folder: expected a text file in UTF-8 with a prompt on each line, got a folder; name",
                "sheet @picture.png | @picture.png: expected a text file in UTF-8 with a prompt on each line, got bytes",
                "sheet @utf16.txt | @utf16.txt: expected a text file in UTF-8 with a prompt on each line, got one with zero",
                "sheet @empty | @empty: expected 1 to 1000 lines with a prompt on each, got 0",
                "sheet @no | @no: there is no such file or folder; check the path",
                "sheet @text.txt -o @folder | -o @folder: expected the name of a file, got a folder",
                "sheet @text.txt --each @picture.png | @picture.png: already exists",
                "classify @picture.png --labels-file @picture.png | @picture.png: expected a text file in UTF-8 with a label",
                "classify @picture.png --labels-file @folder | @folder: expected a text file in UTF-8 with a label on each",
                "classify @picture.png --labels-file @empty | @empty: expected at least one label, got none",
                "imagine cat -o @picture.png/x.png | -o @picture.png/x.png: expected the folder @picture.png to exist, got a",
                "imagine cat -o @picture.png | -o @picture.png: already exists; pass --force to replace it, or name",
            })
    void isNamedWithWhatBelongsThere(String arguments, String message) {
        CommandRun run = CommandRun.of(at(arguments).split(" ", -1));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("zeuxis " + arguments.substring(0, arguments.indexOf(' ')) + ": " + at(message));
        assertThat(run.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"sheet", "inspect", "imagine cat -o", "search index --into x", "classify --labels a"})
    void anEmptyPathIsNotTheCurrentFolder(String command) {
        List<String> arguments = new ArrayList<>(List.of(command.split(" ", -1)));
        arguments.add("");
        CommandRun run = CommandRun.of(arguments.toArray(String[]::new));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("; . is the current folder; see zeuxis ");
    }

    @Test
    void aFileOnTheWayToAFolderIsSaid() {
        for (String into : List.of("/picture.png/half", "/picture.png/a/half")) {
            CommandRun run = CommandRun.of("convert", CommandRun.TINY, folder + into, "--dtype", "float16");
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains("zeuxis convert: " + folder + "/picture.png")
                    .contains(": expected a folder, got a file");
        }
    }

    /** Nothing is opened or written before it is known where to compute. */
    @ParameterizedTest
    @CsvSource({
        "imagine cat -o @x.png",
        "sheet @text.txt -o @x.png",
        "classify @picture.png --labels a",
        "search index @folder --into @x",
        "evaluate zero-shot @folder",
        "evaluate retrieval @folder",
        "evaluate probe @folder @folder",
        "evaluate shift @folder",
        "evaluate neighbours @folder @folder",
        "evaluate similarity @folder",
    })
    void anUnknownDeviceIsRefusedByEveryCommandThatComputes(String arguments) {
        CommandRun run = CommandRun.of(at(arguments + " --device abacus").split(" ", -1));
        assertThat(run.code()).as(run.err()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("--device: ", "abacus");
        assertThat(folder.resolve("x.png")).doesNotExist();
    }

    @Test
    void aTextMayBeginWithTheMarkThatWindowsWrites() throws IOException {
        Path marked = Files.writeString(folder.resolve("marked.txt"), "\ufeffa cat\r\n\r\n a dog \r\n");
        assertThat(TextLines.read(marked, "a prompt")).containsExactly("a cat", "a dog");
    }

    private String at(String text) {
        return text.replace("@", folder + "/");
    }
}
