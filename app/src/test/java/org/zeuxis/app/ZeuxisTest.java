package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.app.model.DoctorCommand;
import org.zeuxis.app.terminal.ErrorLine;

/** The command line as a whole, and the lines that failures become. */
class ZeuxisTest {
    @ParameterizedTest
    @ValueSource(strings = {"imagine", "train", "inspect", "dataset", "doctor"})
    void everyCommandHasHelp(String command) {
        CommandRun run = CommandRun.of(command, "--help");
        assertThat(run.out()).startsWith("Usage: zeuxis " + command);
        assertThat(run.code()).isZero();
    }

    @Test
    void helpListsCommandsAndNothingAtAllIsAUsageError() {
        assertThat(CommandRun.of("--help").out()).contains("imagine", "train", "inspect", "dataset", "doctor");
        CommandRun none = CommandRun.of();
        assertThat(none.code()).isEqualTo(2);
        assertThat(none.err()).hasLineCount(1).contains("expected a command");
        assertThat(CommandRun.of("imagin", "a cat").err()).hasLineCount(1).contains("imagine");
    }

    @Test
    void doctorSaysWhatThereIs() {
        CommandRun run = CommandRun.of("doctor");
        assertThat(run.out())
                .contains("java ", "platform ", "memory ", "engine       LibTorch ", "instructions ", "computes in  ");
        assertThat(run.code()).isZero();
    }

    @Test
    void doctorKnowsPlatformsWithoutNativeCode() {
        assertThat(DoctorCommand.platform("Linux", "aarch64")).isEqualTo("linux-arm64");
        assertThat(DoctorCommand.platform("Mac OS X", "aarch64")).isEqualTo("macosx-arm64");
        assertThat(DoctorCommand.platform("Windows 11", "amd64")).isEqualTo("windows-x86_64");
        assertThat(DoctorCommand.lacking("linux-arm64")).contains("got linux-arm64", "linux-x86_64");
    }

    @Test
    void failuresAreOneLineThatSaysWhatToDo() {
        for (Throwable e : List.of(
                new NoSuchFileException("a"),
                new AccessDeniedException("a"),
                new UncheckedIOException(new NoSuchFileException("a")),
                new NullPointerException(),
                new OutOfMemoryError("Java heap space"),
                new UnsatisfiedLinkError("no jnitorch"),
                new RuntimeException("shape mismatch\nException raised from add\nframe #0"))) {
            assertThat(ErrorLine.failure(e)).isNotBlank().hasLineCount(1).doesNotContain("frame #0");
        }
        assertThat(ErrorLine.failure(new NullPointerException())).contains("ZEUXIS_DEBUG=1");
        assertThat(ErrorLine.failure(new UncheckedIOException(new NoSuchFileException("a"))))
                .isEqualTo("a: there is no such file or folder; check the path");
    }
}
