package org.zeuxis.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.tensor.Tensor;

/** {@code zeuxis convert}. */
class ConvertCommandTest {
    @TempDir
    Path folder;

    @Test
    void aPipelineOfAnotherTypeDrawsAndSaysItsType() throws IOException {
        String half = folder.resolve("half").toString();
        CommandRun run = CommandRun.of("convert", CommandRun.TINY, half, "--dtype", "float16");
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).startsWith(half + " (").endsWith(" MB of weights)\n");
        assertThat(Path.of(half, "text_encoder/config.json")).content().contains("\"dtype\": \"float16\"");
        assertThat(Path.of(half, "unet/config.json"))
                .hasSameTextualContentAs(Path.of(CommandRun.TINY, "unet/config.json"));
        assertThat(CommandRun.of("imagine", "cat", "--model", half, "--steps", "1", "-o", folder + "/cat.png")
                        .err())
                .isEmpty();
        CommandRun again = CommandRun.of("convert", CommandRun.TINY, half, "--dtype", "float16");
        assertThat(again.code()).isEqualTo(1);
        assertThat(again.err()).hasLineCount(1).contains(half + ": already exists; name another or remove it");
    }

    @Test
    void aNumberThatDoesNotFitIsNamedAndNothingIsLeft() throws IOException {
        Path model = Files.createDirectories(folder.resolve("model"));
        Path weights = model.resolve("model.safetensors");
        SafetensorsWriter.write(weights, Map.of("norm.scale", Tensor.of(new float[] {1, -1e5f}, 2)), Map.of());
        Files.writeString(model.resolve("config.json"), "{}");
        String half = folder.resolve("half").toString();
        CommandRun run = CommandRun.of("convert", model.toString(), half, "--dtype", "float16");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .isEqualTo("zeuxis convert: " + weights
                        + ": expected numbers that float16 can hold, at most 65504.0, got one of magnitude 100000.0 in"
                        + " norm.scale; convert to bfloat16, or leave the model as it is\n");
        assertThat(folder.toFile().list()).containsExactly("model");
    }
}
