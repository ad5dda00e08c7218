package org.zeuxis.train;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kills a training process again and again, and compares what comes out with a run that nobody killed. */
@Timeout(180)
final class KillTest {
    private static final int STEPS = 120;
    private static final int KILLS = 4;

    @TempDir
    Path folder;

    @Test
    void aKilledRunGivesTheSameLossesToTheBit() throws Exception {
        Path whole = folder.resolve("whole");
        assertThat(start(whole).waitFor(120, TimeUnit.SECONDS)).isTrue();
        List<String> expected = losses(whole);
        assertThat(expected).hasSize(STEPS);

        Path killed = folder.resolve("killed");
        Random random = new Random();
        int kills = 0;
        for (int goal = STEPS / (KILLS + 2); kills < KILLS; goal += STEPS / (KILLS + 2)) {
            Process process = start(killed);
            while (process.isAlive() && losses(killed).size() < goal) Thread.sleep(5);
            Thread.sleep(random.nextInt(40));
            process.destroyForcibly().waitFor();
            assertThat(process.exitValue()).as("killed, not ended").isEqualTo(137);
            kills++;
        }
        assertThat(start(killed).waitFor()).isZero();

        assertThat(losses(killed)).isEqualTo(expected);
        assertThat(new SameBytes(whole, killed).ofNewest("state-000000120.safetensors"))
                .isTrue();
        try (Stream<Path> files = Files.list(killed)) {
            assertThat(files.filter(f -> f.getFileName().toString().startsWith("state-")))
                    .as("the last two regular states, and that of the end")
                    .hasSize(3);
        }
    }

    private record SameBytes(Path a, Path b) {
        boolean ofNewest(String name) throws IOException {
            return Files.mismatch(a.resolve(name), b.resolve(name)) == -1;
        }
    }

    private static Process start(Path run) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        ProcessBuilder java = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                classPath,
                TinyRun.class.getName(),
                run.toString(),
                Integer.toString(STEPS));
        java.environment().put("OMP_NUM_THREADS", "1");
        return java.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Step, loss and gradient norm of each whole row. */
    private static List<String> losses(Path run) throws IOException {
        Path metrics = run.resolve("metrics.csv");
        if (!Files.exists(metrics)) return List.of();
        String text = Files.readString(metrics);
        return text.substring(0, text.lastIndexOf('\n') + 1)
                .lines()
                .skip(1)
                .map(row -> String.join(",", List.of(row.split(",")).subList(0, 3)))
                .toList();
    }
}
