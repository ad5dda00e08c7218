package org.zeuxis.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Golden;
import org.zeuxis.checkpoint.ModelCopy;
import org.zeuxis.tensor.DType;

/** A model that PyTorch exported, beside the same weights as transformers keeps them. */
class OnnxTest {
    private static final Path EXPORTED = Golden.path("tiny-minilm-onnx").resolve("model.onnx");

    @TempDir
    private Path folder;

    @Test
    void theWeightsAreThoseThatWereExported() throws IOException {
        Path made = folder.resolve("made");
        ModelCopy.of(EXPORTED.getParent(), made, DType.FLOAT32, file -> {});
        try (Weights original = WeightsFile.open(Golden.path("tiny-minilm"));
                Onnx exported = Onnx.open(EXPORTED);
                Weights copied = WeightsFile.open(made)) {
            List<String> used = original.names().stream()
                    .filter(name -> !name.startsWith("pooler."))
                    .toList();
            assertThat(exported.names()).containsExactlyInAnyOrderElementsOf(used);
            assertThat(copied.names()).containsExactlyInAnyOrderElementsOf(used);
            for (String name : used) {
                assertThat(exported.shape(name)).as(name).isEqualTo(original.shape(name));
                assertThat(exported.dtype(name)).isEqualTo(DType.FLOAT32);
                assertThat(exported.tensor(name).maxDifference(original.tensor(name)))
                        .isZero();
                assertThat(copied.tensor(name).maxDifference(original.tensor(name)))
                        .isZero();
            }
            assertThat(copied.metadata()).containsEntry("format", "pt");
            assertThatThrownBy(() -> exported.tensor("encoder.layer.0.attention.self.query.weigth"))
                    .hasMessageContaining("encoder.layer.0.attention.self.query.weight");
        }
        assertThat(made.resolve("tokenizer.json")).exists();
        assertThat(made.resolve("model.onnx")).doesNotExist();
    }

    @Test
    void whereThereAreSafetensorsTheyAreTaken() throws IOException {
        Path both = org.zeuxis.FolderCopy.of(Golden.path("tiny-minilm"), folder.resolve("both"));
        Files.write(both.resolve("model.onnx"), new byte[] {1});
        ModelCopy.of(both, folder.resolve("made"), DType.FLOAT32, file -> {});
        try (Weights copied = WeightsFile.open(folder.resolve("made"))) {
            assertThat(copied.names()).contains("pooler.dense.weight");
        }
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.resolve("model.onnx"), content);
    }

    @Test
    void whatIsNoModelIsRefused() throws IOException {
        assertThatThrownBy(() -> Onnx.open(file("<html>".getBytes(StandardCharsets.UTF_8))))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("expected an ONNX model, got something else");
        assertThatThrownBy(() -> Onnx.open(file(new byte[0]))).hasMessageContaining("expected weights, got none");
        byte[] whole = Files.readAllBytes(EXPORTED);
        for (int end : new int[] {10, whole.length / 3, whole.length - 1}) {
            assertThatThrownBy(() -> Onnx.open(file(java.util.Arrays.copyOf(whole, end))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("expected an ONNX model");
        }
    }

    @Test
    void weightsElsewhereOrOfAnotherTypeAreRefused() throws IOException {
        // a graph with one tensor of 2 numbers, of double precision, named a
        byte[] tensor = {8, 2, 16, 11, 66, 1, 'a'};
        byte[] model = new byte[tensor.length + 4];
        model[0] = 7 << 3 | 2;
        model[1] = (byte) (tensor.length + 2);
        model[2] = 5 << 3 | 2;
        model[3] = (byte) tensor.length;
        System.arraycopy(tensor, 0, model, 4, tensor.length);
        assertThatThrownBy(() -> Onnx.open(file(model)))
                .hasMessageContaining("expected the numbers of a in the file itself")
                .hasMessageContaining("got type 11 with 0 bytes of [2]");
    }
}
