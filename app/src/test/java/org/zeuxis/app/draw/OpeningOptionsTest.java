package org.zeuxis.app.draw;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;

/** {@code zeuxis imagine --low-memory}, {@code --prediction}, and what does not fit into memory. */
class OpeningOptionsTest {
    private static final Path KOHYA = CommandRun.GOLDEN.resolve("adapters").resolve("kohya.safetensors");

    @TempDir
    Path folder;

    private CommandRun imagine(String name, String model, String... arguments) {
        List<String> all = new ArrayList<>(
                List.of("imagine", "a red bird", "--steps", "2", "--model", model, "-o", folder.resolve(name) + ""));
        all.addAll(List.of(arguments));
        return CommandRun.of(all.toArray(String[]::new));
    }

    private byte[] drawn(String name, String... arguments) throws IOException {
        CommandRun run = imagine(name, CommandRun.TINY, arguments);
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        return Files.readAllBytes(folder.resolve(name));
    }

    @Test
    void inLittleMemoryTheFileIsTheSame() throws IOException {
        assertThat(drawn("little.png", "--low-memory")).isEqualTo(drawn("whole.png"));
        assertThat(drawn("little-lora.png", "--low-memory", "--lora", KOHYA + ":0.5"))
                .isEqualTo(drawn("lora.png", "--lora", KOHYA + ":0.5"))
                .isNotEqualTo(drawn("again.png"));
    }

    /** Of what no machine has: 32,768² pixels. */
    @Test
    void whatDoesNotFitIsRefusedAtOnce() {
        for (String[] more : new String[][] {{}, {"--low-memory"}, {"--lora", KOHYA.toString()}}) {
            List<String> all = new ArrayList<>(List.of("--size", "4096", "--second-pass", "8"));
            all.addAll(List.of(more));
            CommandRun run = imagine("large.png", CommandRun.TINY, all.toArray(String[]::new));
            if (!Files.isReadable(Path.of("/proc/meminfo"))) continue;
            assertThat(run.err())
                    .hasLineCount(1)
                    .startsWith("zeuxis imagine: tiny-stable-diffusion: expected ")
                    .contains(" of free memory to draw 32768x32768 in ");
            assertThat(run.code()).isEqualTo(1);
        }
    }

    @Test
    void aFolderSaysItselfWhatItPredicts() {
        assertThat(imagine("a.png", CommandRun.TINY, "--prediction", "v").err())
                .hasLineCount(1)
                .contains("expected a checkpoint in one file, which may not say what it predicts, got a folder")
                .contains("without --prediction");
        assertThat(imagine("a.png", CommandRun.TINY, "--prediction", "x0").err())
                .contains("--prediction", "expected epsilon or v, got x0");
    }

    @Test
    void otherModelsHaveNoPartsToLend() {
        CommandRun run = imagine("a.png", CommandRun.GOLDEN.resolve("tiny-if").toString(), "--low-memory");
        assertThat(run.err())
                .hasLineCount(1)
                .contains("expected the folder of a StableDiffusionPipeline, got IFPipeline");
    }
}
