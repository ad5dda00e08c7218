package org.zeuxis.app.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;

/** By bash itself, as a person presses the tabulator. */
@EnabledOnOs(OS.LINUX)
class CompletionCommandTest {
    @TempDir
    Path folder;

    @Test
    void commandsAndOptionsAreCompleted() throws Exception {
        CommandRun run = CommandRun.of("completion");
        assertThat(run.code()).isZero();
        Path script = Files.writeString(folder.resolve("completion"), run.out());
        assertThat(completed(script, "zeuxis", "imag")).isEqualTo("imagine");
        assertThat(completed(script, "zeuxis", "imagine", "--guid")).isEqualTo("--guidance");
        assertThat(completed(script, "zeuxis", "dataset", "pict")).isEqualTo("pictograms");
    }

    private static String completed(Path script, String... words) throws IOException, InterruptedException {
        String all = String.join(" ", words);
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(" + all + "); COMP_CWORD=" + (words.length - 1)
                                + "; _complete_zeuxis; echo ${COMPREPLY[@]}")
                .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt says that no key was pressed
                .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isZero();
        return said.strip();
    }
}
