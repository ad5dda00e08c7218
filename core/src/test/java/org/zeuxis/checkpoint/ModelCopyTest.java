package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.zeuxis.FolderCopy;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.checkpoint.format.WeightsFile;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

class ModelCopyTest {
    private static final String UNET = "unet/diffusion_pytorch_model.safetensors";

    @TempDir
    Path folder;

    @Test
    void weightsBecomeHalfAsLargeAndTheRestStaysAsItIs() throws IOException {
        Path from = Golden.path("tiny-stable-diffusion");
        Path into = folder.resolve("half");
        long bytes = ModelCopy.of(from, into, DType.BFLOAT16, file -> {});
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
        assertThatThrownBy(() -> ModelCopy.of(Golden.path("tiny-stable-diffusion"), folder, DType.FLOAT16, file -> {}))
                .isInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void aFolderWithoutWeightsIsRefused() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty"));
        assertThatThrownBy(() -> ModelCopy.of(empty, folder.resolve("new"), DType.FLOAT16, file -> {}))
                .hasMessageContaining("expected a model with .safetensors files");
        assertThat(folder.resolve("new")).doesNotExist();
    }

    @Test
    void shardsAndPicklesBecomeOneFileAndFoldersWithinFoldersComeAlong() throws IOException {
        Path from = FolderCopy.of(Golden.path("sharded"), folder.resolve("model/deep/deeper/deepest"));
        Files.writeString(from.resolveSibling("config.json"), "{\"dtype\": \"float32\"}");
        Path bin = Files.createDirectories(folder.resolve("model/unet"));
        Files.copy(Golden.path("torch_archive.bin"), bin.resolve("diffusion_pytorch_model.bin"));
        Path text = Files.createDirectories(folder.resolve("model/text"));
        Files.copy(Golden.path("torch_archive.bin"), text.resolve("pytorch_model.bin"));
        Path into = folder.resolve("new");
        ModelCopy.of(folder.resolve("model"), into, DType.BFLOAT16, file -> {});
        assertThat(into.resolve("deep/deeper/config.json")).hasContent("{\"dtype\": \"bfloat16\"}");
        assertThat(into.resolve("deep/deeper/deepest").toFile().list()).containsExactly("model.safetensors");
        try (Weights shards = WeightsFile.open(from);
                Weights whole = WeightsFile.open(into.resolve("deep/deeper/deepest"))) {
            assertThat(whole.names()).containsExactlyInAnyOrderElementsOf(shards.names());
        }
        try (Weights pickle = WeightsFile.of(text.resolve("pytorch_model.bin"));
                Weights first = Safetensors.open(into.resolve("unet/diffusion_pytorch_model.safetensors"));
                Weights second = Safetensors.open(into.resolve("text/model.safetensors"))) {
            assertThat(first.names()).containsExactlyInAnyOrderElementsOf(pickle.names());
            assertThat(second.names()).containsExactlyInAnyOrderElementsOf(pickle.names());
            for (String name : pickle.names()) {
                boolean real = pickle.dtype(name).isFloat();
                assertThat(first.dtype(name)).isEqualTo(real ? DType.BFLOAT16 : pickle.dtype(name));
            }
        }
    }

    @Test
    void withoutATypeNumbersStayAsTheyAre() throws IOException {
        Path from = Golden.path("tiny-stable-diffusion");
        Path into = folder.resolve("same");
        ModelCopy.of(from, into, null, file -> {});
        assertThat(into.resolve("text_encoder/config.json"))
                .hasSameBinaryContentAs(from.resolve("text_encoder/config.json"));
        try (Safetensors old = Safetensors.open(from.resolve(UNET));
                Safetensors same = Safetensors.open(into.resolve(UNET))) {
            assertThat(same.names()).isEqualTo(old.names());
            for (String name : old.names()) {
                assertThat(same.tensor(name).maxDifference(old.tensor(name))).isZero();
            }
        }
    }

    @Test
    void configurationsSayTheNewTypeAndAllElseAsItIs() throws IOException {
        Path from = Files.createDirectories(folder.resolve("model"));
        SafetensorsWriter.write(from.resolve("model.safetensors"), Map.of("x", Tensor.arange(3)), Map.of());
        Files.writeString(from.resolve("config.json"), """
                {"torch_dtype": "float32", "eps": 1e-05, "text_config": {"dtype" : "float32", "dtype_note": "float32"},
                 "vision_config": {"dtype": null}}
                """);
        Files.writeString(from.resolve("tokenizer.json"), "{\"dtype\": \"float32\"}");
        ModelCopy.of(from, folder.resolve("half"), DType.FLOAT16, file -> {});
        assertThat(folder.resolve("half/config.json")).hasContent("""
                {"torch_dtype": "float16", "eps": 1e-05, "text_config": {"dtype" : "float16", "dtype_note": "float32"},
                 "vision_config": {"dtype": null}}
                """);
        assertThat(folder.resolve("half/tokenizer.json")).hasContent("{\"dtype\": \"float32\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "1e5, FLOAT16, 'float16 can hold, at most 65504.0, got one of magnitude 100000.0 in b.scale; convert to bfloat16'",
        "-65520, FLOAT16, got one of magnitude 65520.0 in b.scale",
        "3.4e38, BFLOAT16, 'at most 3.3895314E38, got one of magnitude 3.4E38 in b.scale; convert to float32'",
    })
    void aNumberThatDoesNotFitIsNamed(float value, DType type, String message) throws IOException {
        for (float beside : new float[] {0, Float.NEGATIVE_INFINITY, Float.NaN}) {
            Path from = model(Tensor.of(new float[] {beside, value}, 2));
            Path into = folder.resolve("new");
            assertThatThrownBy(() -> ModelCopy.of(from, into, type, file -> {}))
                    .hasMessageStartingWith(from.resolve("model.safetensors") + ": expected numbers that ")
                    .hasMessageContaining(message);
            assertThat(into).doesNotExist();
        }
    }

    @Test
    void whatFitsAndWhatWasInfiniteBeforeIsConverted() throws IOException {
        Path from = model(Tensor.of(new float[] {65504, 65519, Float.NEGATIVE_INFINITY}, 3));
        ModelCopy.of(from, folder.resolve("new"), DType.FLOAT16, file -> {});
        try (Safetensors half = Safetensors.open(folder.resolve("new/model.safetensors"))) {
            assertThat(half.tensor("b.scale").toFloats()).containsExactly(65504, 65504, Float.NEGATIVE_INFINITY);
        }
    }

    private Path model(Tensor scale) throws IOException {
        Path from = Files.createDirectories(folder.resolve("model"));
        SafetensorsWriter.write(from.resolve("model.safetensors"), Map.of("b.scale", scale), Map.of());
        return from;
    }

    @Test
    void stoppedWithinAFileItLeavesNothing() throws IOException {
        Path into = folder.resolve("new");
        List<String> heard = new ArrayList<>();
        assertThatThrownBy(() -> ModelCopy.of(Golden.path("tiny-stable-diffusion"), into, null, name -> {
                    heard.add(name);
                    if (name.endsWith(".bias")) throw new CancellationException("stopped");
                }))
                .isInstanceOf(CancellationException.class);
        assertThat(heard).hasSizeGreaterThan(2);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }
}
