package org.zeuxis.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.tensor.DType;

/** Files that Python's own writers made: {@code tools/golden/safetensors_files.py}. */
public class SafetensorsGoldenTest {
    static final Map<String, DType> NAMES = Map.of(
            "of.float64", DType.FLOAT64,
            "of.float32", DType.FLOAT32,
            "of.float16", DType.FLOAT16,
            "of.bfloat16", DType.BFLOAT16,
            "of.int64", DType.INT64,
            "of.int32", DType.INT32,
            "of.int16", DType.INT16,
            "of.int8", DType.INT8,
            "of.uint8", DType.UINT8,
            "of.bool", DType.BOOL);

    @TempDir
    private Path folder;

    public static Path golden(String name) throws Exception {
        return Path.of(
                SafetensorsGoldenTest.class.getResource("/golden/" + name).toURI());
    }

    @Test
    void readsEveryTypePythonWrites() throws Exception {
        try (Safetensors file = Safetensors.open(golden("types.safetensors"))) {
            NAMES.forEach((name, type) -> {
                assertThat(file.dtype(name)).isEqualTo(type);
                assertThat(file.shape(name)).containsExactly(2, 3);
                long[] expected = type == DType.BOOL ? new long[] {0, 1, 1, 1, 1, 1} : new long[] {0, 1, 2, 3, 4, 5};
                assertThat(file.tensor(name).toLongs()).as(name).isEqualTo(expected);
            });
            assertThat(file.tensor("none").shape()).containsExactly(0, 4);
            assertThat(file.tensor("number").item()).isEqualTo(3);
            assertThat(file.tensor("größe.重み").toLongs()).containsExactly(0, 1, 2);
            assertThat(file.metadata()).isEqualTo(Map.of("format", "pt"));
            assertThat(file.names()).hasSize(NAMES.size() + 3);
        }
    }

    @Test
    void writesTheVeryBytesPythonWrites() throws Exception {
        Path copy = folder.resolve("copy.safetensors");
        try (Safetensors file = Safetensors.open(golden("types.safetensors"))) {
            SafetensorsWriter.write(copy, file.tensors(), file.metadata());
        }
        assertThat(copy).hasSameBinaryContentAs(golden("types.safetensors"));
    }

    @Test
    void refusesATypeItDoesNotKnowByName() throws Exception {
        Path file = golden("float8.safetensors");
        assertThatIOException()
                .isThrownBy(() -> Safetensors.open(file))
                .withMessageContaining("float8.safetensors: expected x in F64")
                .withMessageContaining("got F8_E4M3;");
    }

    @Test
    void readsShardsPythonWrites() throws Exception {
        try (Weights weights = ModelFolder.open(golden("sharded")).weights()) {
            assertThat(weights.names()).hasSize(5);
            assertThat(weights.tensor("layers.4.weight").toLongs()[63]).isEqualTo(67);
            assertThat(weights.metadata()).isEqualTo(Map.of("total_size", "1280"));
        }
    }

    @Test
    void refusesWhatIsNoSafetensorsFileAndSaysWhatItIs() throws Exception {
        Path archive = golden("torch_archive.bin");
        assertThatIOException()
                .isThrownBy(() -> Safetensors.open(archive))
                .withMessageContaining("a zip archive (PyTorch's .bin, .pt or .ckpt); convert it");
        refuses("version https://git-lfs.github.com/spec/v1\noid", "git lfs pull");
        refuses("<!DOCTYPE html><html></html>", "a web page");
        refuses("{\"hidden_size\": 3, \"more\": 4}", "JSON text");
        refuses("\u0080\2}q\1(X\1\0\0\0", "a Python pickle");
        refuses("GGUF\3\0\0\0\0\0\0\0\0", "a GGUF file");
        refuses("\u00ff\u00d8\u00ff\u00e0 a JPEG", "a picture; pass the folder it lies in");
        refuses("RIFF\36\0\0\0WEBPVP8L", "a picture; pass the folder it lies in");
        refuses("", "an empty file");
        refuses("12345678{", "got 9 bytes");
        assertThatIOException()
                .isThrownBy(() -> Safetensors.open(folder.resolve("absent")))
                .withMessageContaining("got nothing; check the path");
        assertThatIOException()
                .isThrownBy(() -> Safetensors.open(folder))
                .withMessageContaining("got a folder; open it as a ModelFolder");
    }

    private void refuses(String content, String message) throws Exception {
        Path file = folder.resolve("x.safetensors");
        Files.writeString(file, content, java.nio.charset.StandardCharsets.ISO_8859_1);
        assertThatIOException()
                .isThrownBy(() -> Safetensors.open(file))
                .withMessageStartingWith(file + ": expected a safetensors file, got ")
                .withMessageContaining(message);
    }
}
