package org.zeuxis.app.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was kept is there, whatever happened to the process that kept it. */
class ResultFolderTest {
    @TempDir
    private Path folder = Path.of("");

    private static String id(int i) {
        return String.format("%032x", i);
    }

    @Test
    void anotherProcessFindsWhatWasKept() throws IOException {
        Kept kept = ResultFolder.open(folder, 5).keep(id(1), List.of(new byte[] {1}, new byte[] {2, 3}), "{}");
        ResultFolder again = ResultFolder.open(folder, 5);
        assertThat(again.find(id(1))).contains(kept);
        assertThat(kept.pictures())
                .hasSize(2)
                .last()
                .satisfies(file -> assertThat(file).hasBinaryContent(new byte[] {2, 3}));
        assertThat(again.find(id(2))).isEmpty();
    }

    @Test
    void onlyIdsAreFound() throws IOException {
        Path results = folder.resolve("results");
        ResultFolder.open(results, 5);
        Files.writeString(folder.resolve("0.png"), "secret");
        Files.writeString(folder.resolve("about.json"), "secret");
        for (String trick : List.of("..", "../results", "", ".", "/etc", id(1) + "/..")) {
            assertThat(ResultFolder.open(results, 5).find(trick)).isEmpty();
        }
    }

    @Test
    void theOldestGo() throws IOException {
        ResultFolder results = ResultFolder.open(folder, 2);
        for (int i = 1; i <= 3; i++) results.keep(id(i), List.of(new byte[] {1}), "{}");
        assertThat(results.find(id(1))).isEmpty();
        assertThat(results.find(id(2))).isPresent();
        assertThat(results.find(id(3))).isPresent();
    }

    @Test
    void whatIsNoFolderIsRefused() throws IOException {
        Path file = Files.writeString(folder.resolve("file"), "");
        assertThatThrownBy(() -> ResultFolder.open(file, 2))
                .hasMessage(file + ": expected a folder for results, got a file; name another");
        assertThatThrownBy(() -> ResultFolder.open(folder, 0)).hasMessage("expected to keep at least 1 result, got 0");
    }

    /** Keeps results and says so, until it is killed. */
    static final class Keeping {
        public static void main(String[] arguments) throws IOException {
            ResultFolder results = ResultFolder.open(Path.of(arguments[0]), 100_000);
            for (int i = 1; ; i++) {
                System.out.println(results.keep(id(i), List.of(new byte[50_000], new byte[50_000]), "{}")
                        .id());
            }
        }
    }

    @Test
    @Timeout(60)
    void aKilledProcessLosesNothingThatItSaidIsKept() throws Exception {
        Path log = folder.resolve("log");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Keeping.class.getName(),
                        folder.toString())
                .redirectOutput(log.toFile())
                .start();
        while (Files.readAllLines(log).size() < 20) Thread.sleep(5);
        process.destroyForcibly().waitFor();
        List<String> said = Files.readAllLines(log).stream()
                .filter(line -> line.length() == 32)
                .toList();
        ResultFolder results = ResultFolder.open(folder, 100_000);
        for (String id : said) {
            assertThat(results.find(id))
                    .hasValueSatisfying(kept -> assertThat(kept.pictures())
                            .hasSize(2)
                            .allSatisfy(file -> assertThat(file).hasSize(50_000)));
        }
    }
}
