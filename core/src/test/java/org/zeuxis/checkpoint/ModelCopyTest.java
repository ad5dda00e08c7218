package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.tensor.DType;

class ModelCopyTest {
    private static final String UNET = "unet/diffusion_pytorch_model.safetensors";

    @TempDir
    Path folder;

    @Test
    void weightsBecomeHalfAsLargeAndTheRestStaysAsItIs() throws IOException {
        Path from = Golden.path("tiny-stable-diffusion");
        Path into = folder.resolve("half");
        long bytes = ModelCopy.of(from, into, DType.BFLOAT16);
        assertThat(into.resolve("model_index.json")).hasSameBinaryContentAs(from.resolve("model_index.json"));
        assertThat(into.resolve("tokenizer/merges.txt")).hasSameBinaryContentAs(from.resolve("tokenizer/merges.txt"));
        try (Safetensors whole = Safetensors.open(from.resolve(UNET));
                Safetensors half = Safetensors.open(into.resolve(UNET))) {
            assertThat(half.names()).isEqualTo(whole.names());
            for (String name : whole.names()) {
                assertThat(half.dtype(name)).isEqualTo(DType.BFLOAT16);
                assertThat(half.tensor(name).maxDifference(whole.tensor(name).to(DType.BFLOAT16)))
                        .isZero();
            }
            assertThat(bytes).isGreaterThan(0).isLessThan(Files.size(from.resolve(UNET)) * 2);
        }
    }

    @Test
    void whatIsThereIsNotOverwritten() {
        assertThatThrownBy(() -> ModelCopy.of(Golden.path("tiny-stable-diffusion"), folder, DType.FLOAT16))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aFolderWithoutWeightsIsRefused() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThatThrownBy(() -> ModelCopy.of(empty, folder.resolve("new"), DType.FLOAT16))
                .hasMessageContaining("expected a model with .safetensors files");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void shardedWeightsAreRefusedBeforeAnythingIsWritten() throws IOException {
        Path from = Files.createDirectories(folder.resolve("sharded"));
        Files.copy(Golden.path("tiny-stable-diffusion").resolve(UNET), from.resolve("a.safetensors"));
        Files.writeString(from.resolve("model.safetensors.index.json"), "{}");
        Path into = folder.resolve("new");
        assertThatThrownBy(() -> ModelCopy.of(from, into, DType.FLOAT16)).hasMessageContaining("got several");
        assertThat(into).doesNotExist();
    }
}
