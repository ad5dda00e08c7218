package org.zeuxis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.image.codec.PngText;

/** Prompts and names of files with letters that are not English, whatever the locale: right, or refused. */
@EnabledOnOs(OS.LINUX)
class LocaleTest {
    @TempDir
    Path folder;

    @Test
    void whatIsWrittenInUtf8ComesAsItIs() throws IOException {
        ShellRun run = ShellRun.of(folder, """
                zeuxis imagine "grüner Apfel" --model "$TINY" --steps 1 --size 32x24 || exit 9
                zeuxis imagine "grüner Apfel" --model "$TINY" --steps 1 --size 32x24 -o Käse.png || exit 9
                [[ -f grüner-apfel-0.png && -f Käse.png ]] || exit 8
                cp Käse.png copy.png
                """);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.out()).contains("grüner-apfel-0.png (seed 0", "Käse.png (seed 0");
        assertThat(PngText.read(folder.resolve("copy.png")).entries().get(PngText.REQUEST))
                .contains("\"prompt\":\"grüner Apfel\"");
    }

    @Test
    void namesMadeOfAPromptKeepItsCharactersWhole() throws IOException {
        ShellRun run = ShellRun.of(
                folder, "zeuxis imagine \"" + "क्षि".repeat(30) + "\" --model \"$TINY\" --steps 1 --size 32x24\nls\n");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("क्षि".repeat(12) + "-0.png\n");
    }

    /** Java reads every other letter as a question mark there. */
    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LC_ALL=POSIX", "LC_ALL= LANG="})
    void aLocaleWithoutThemIsRefusedByTheProcessItself(String locale) throws IOException {
        ShellRun run = ShellRun.of(folder, locale + " zeuxis imagine \"grüner Apfel\" --model \"$TINY\" -o x.png\n");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("zeuxis: expected a locale in UTF-8")
                .contains("LC_ALL=C.UTF-8");
        assertThat(folder.resolve("x.png")).doesNotExist();
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws IOException {
        ShellRun run = ShellRun.of(folder, "zeuxis imagine $'gr\\374ner Apfel' --model \"$TINY\" -o x.png\n");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).hasLineCount(1).contains("expected arguments in UTF-8, got bytes that are none where");
        assertThat(folder.resolve("x.png")).doesNotExist();
    }

    /** A name in bytes that are no text is the same in every locale. */
    @Test
    void filesWhoseNamesCannotBeSpelledAreNamedAsLeftOut() throws IOException {
        ShellRun run = ShellRun.of(folder, """
                mkdir pictures
                zeuxis imagine cat --model "$TINY" --steps 1 -o pictures/cat.png > /dev/null
                cp pictures/cat.png pictures/$'K\\344se.png'
                mkdir pictures/$'H\\374te'
                cp pictures/cat.png pictures/$'H\\374te'/a.png
                zeuxis inspect pictures
                """);
        assertThat(run.out()).contains("its name cannot be spelled here; start Java with LC_ALL=C.UTF-8, or rename it");
        assertThat(run.out()).contains("dataset of 1 ");
        assertThat(run.code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LC_ALL=C", "LC_ALL= LC_CTYPE=POSIX", "LC_ALL= LC_CTYPE= LANG=", "LC_ALL=no_SUCH.locale"})
    void theLauncherGivesJavaALocaleThatHasThem(String locale) throws IOException {
        assertThat(launched(locale)).endsWith("UTF-8\n");
    }

    @Test
    void theLauncherLeavesALocaleThatHasThem() throws IOException {
        assertThat(launched("LC_ALL= LANG=C.utf8")).isEqualTo(" C.utf8 UTF-8\n");
    }

    /** What the Java that the launcher starts sees of the locale. */
    private String launched(String locale) throws IOException {
        Path lib = Files.createDirectories(folder.resolve("app/target/lib"));
        Files.createFile(lib.resolve(".complete"));
        Files.copy(Path.of("..", "zeuxis"), folder.resolve("zeuxis"));
        Path home = Files.createDirectories(folder.resolve("java/bin"));
        Files.writeString(folder.resolve("java/release"), "JAVA_VERSION=\"17.0.1\"\n");
        Path java = Files.writeString(
                home.resolve("java"), "#!/bin/sh\necho \"$LC_ALL\" \"$LANG\" \"$(locale charmap)\"\n");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        ShellRun run = ShellRun.of(folder, locale + " JAVA_HOME=$PWD/java bash ./zeuxis imagine 2>&1\n");
        assertThat(run.code()).as(run.out()).isZero();
        return run.out();
    }
}
