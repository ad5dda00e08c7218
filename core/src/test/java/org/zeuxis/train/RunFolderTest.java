package org.zeuxis.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

class RunFolderTest {
    @TempDir
    private Path folder;

    private static TrainingState state(long step) {
        return TrainingState.at(step)
                .with("weights", Map.of("a.weight", Tensor.full(step, 3, 2), "a/odd key", Tensor.full(step, 1)))
                .with("ema", Map.of("a.weight", Tensor.full(step + 0.5, 3, 2)))
                .with("empty", Map.of())
                .noting("samples", step * 32)
                .noting("rate", 1.0 / 3)
                .noting("recipe", "clip größe\n2");
    }

    private static TrainingState newest(RunFolder states) throws IOException {
        return states.find().newest().orElseThrow();
    }

    @Test
    void goesOnWhereItStopped() throws Exception {
        RunFolder states = new RunFolder(folder.resolve("run"), 2);
        assertThat(states.find().newest()).isEmpty();
        TrainingState found;
        try (Scope scope = new Scope()) {
            states.save(state(7));
            found = newest(states);
        }
        assertThat(found.step()).isEqualTo(7);
        assertThat(found.groups().keySet()).containsExactly("weights", "ema", "empty");
        assertThat(found.tensors("weights").keySet()).containsExactly("a.weight", "a/odd key");
        assertThat(found.tensors("ema").values())
                .allSatisfy(x -> assertThat(x.toFloats()).containsOnly(7.5f));
        assertThat(found.tensors("empty")).isEmpty();
        assertThat(found.wholeNumber("samples")).isEqualTo(224);
        assertThat(found.number("rate")).isEqualTo(1.0 / 3);
        assertThat(found.text("recipe")).isEqualTo("clip größe\n2");
        assertThatThrownBy(() -> found.text("seed")).hasMessageContaining("note seed in the training state of step 7");
        assertThatThrownBy(() -> found.tensors("moments")).hasMessageContaining("got only weights, ema, empty");
    }

    @Test
    void keepsTheLastFewAndWhatIsMappedFromOlderOnes() throws Exception {
        RunFolder states = new RunFolder(folder, 2);
        states.save(state(1));
        TrainingState first = newest(states);
        for (long step = 2; step <= 12; step += 5) states.save(state(step));
        assertThat(states.states())
                .extracting(p -> p.getFileName().toString())
                .containsExactly("state-000000012.safetensors", "state-000000007.safetensors");
        assertThat(newest(states).step()).isEqualTo(12);
        assertThat(first.tensors("weights").values())
                .allSatisfy(x -> assertThat(x.toFloats()).containsOnly(1));
    }

    @Test
    void passesOverAndReportsWhatIsNotWhole() throws Exception {
        RunFolder states = new RunFolder(folder, 3);
        Path good = states.save(state(1));
        byte[] whole = Files.readAllBytes(good);
        Files.write(folder.resolve("state-000000009.safetensors"), Arrays.copyOf(whole, whole.length - 1));
        Files.write(folder.resolve("state-000000008.safetensors"), new byte[0]);
        SafetensorsWriter.write(folder.resolve("state-000000007.safetensors"), Map.of("x", Tensor.zeros(1)), Map.of());
        Files.write(folder.resolve(".unfinished-1-state-000000010.safetensors"), whole);
        Files.write(folder.resolve("notes.txt"), whole);
        RunFolder.Found found = states.find();
        assertThat(found.newest().orElseThrow().step()).isEqualTo(1);
        assertThat(found.leftovers())
                .hasSize(4)
                .anySatisfy(s -> assertThat(s).contains("state-000000010").contains("left unfinished"))
                .anySatisfy(s -> assertThat(s).contains("state-000000009").contains("got bytes"))
                .anySatisfy(s -> assertThat(s).contains("state-000000008").contains("an empty file"))
                .anySatisfy(s -> assertThat(s).contains("state-000000007").contains("expected a training state"));
        states.save(state(10));
        assertThat(states.find().leftovers()).isEmpty();
        assertThat(folder.resolve("notes.txt")).exists();
    }

    @Test
    void saysWhatIsWrongWithItsArguments() throws Exception {
        assertThatThrownBy(() -> new RunFolder(folder, 0)).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> TrainingState.at(-1)).hasMessageContaining("at least 0");
        assertThatThrownBy(() -> TrainingState.at(1).with("a/b", Map.of())).hasMessageContaining("without slash");
        Path file = Files.writeString(folder.resolve("file"), "x");
        assertThatIOException().isThrownBy(() -> new RunFolder(file, 1).find()).withMessageContaining("got a file");
    }

    @Test
    void aKilledProcessLeavesAReadableState() throws Exception {
        for (long patience : new long[] {40, 170, 310}) {
            Process process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Saver.class.getName(),
                            folder.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("log").toFile())
                    .start();
            RunFolder states = new RunFolder(folder, 2);
            long before = states.find().newest().map(TrainingState::step).orElse(-1L);
            try {
                long deadline = System.nanoTime() + 60_000_000_000L;
                // a state may be deleted while it is looked at
                while (states.find().newest().map(TrainingState::step).orElse(-1L) <= before) {
                    assertThat(process.isAlive() && System.nanoTime() < deadline)
                            .as(Files.readString(folder.resolve("log")))
                            .isTrue();
                    Thread.sleep(20);
                }
                Thread.sleep(patience);
            } finally {
                process.destroyForcibly().waitFor();
            }
            TrainingState found = newest(states);
            assertThat(found.step()).isGreaterThan(before);
            List<Tensor> all = List.copyOf(found.tensors("weights").values());
            assertThat(all).hasSize(4).allSatisfy(x -> {
                assertThat(x.min()).isEqualTo(found.step());
                assertThat(x.max()).isEqualTo(found.step());
            });
        }
    }

    /** Saves one state after another until it is killed. */
    static final class Saver {
        public static void main(String[] args) throws Exception {
            RunFolder states = new RunFolder(Path.of(args[0]), 2);
            long step = states.find().newest().map(TrainingState::step).orElse(0L);
            while (true) {
                step++;
                Tensor x = Tensor.full(step, 1 << 20);
                states.save(TrainingState.at(step).with("weights", Map.of("a", x, "b", x, "c", x, "d", x)));
            }
        }
    }
}
