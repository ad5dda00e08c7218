package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void everyTypeComesBackByteForByte() throws Exception {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType type : DType.values())
            tensors.put("x." + type, Tensor.arange(6).reshape(2, 3).to(type));
        tensors.put("none", Tensor.zeros(0, 4));
        tensors.put("number", Tensor.scalar(3));
        tensors.put("turned", Tensor.arange(6).reshape(2, 3).transpose(0, 1));
        Path file = folder.resolve("all.safetensors");
        SafetensorsWriter.write(file, tensors, Map.of("format", "pt"));
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.names()).containsExactlyInAnyOrderElementsOf(tensors.keySet());
            assertThat(read.metadata()).containsExactly(Map.entry("format", "pt"));
            tensors.forEach((name, x) -> {
                assertThat(read.dtype(name)).isEqualTo(x.dtype());
                assertThat(read.shape(name)).isEqualTo(x.shape());
                assertThat(read.tensor(name).shape()).isEqualTo(x.shape());
                assertThat(read.tensor(name).toBytes()).as(name).isEqualTo(x.toBytes());
            });
        }
    }

    @Test
    void aTensorOutlivesItsFileAndItsScope() throws Exception {
        Path file = folder.resolve("x.safetensors");
        SafetensorsWriter.write(file, Map.of("x", Tensor.arange(1000)), Map.of());
        Tensor mine = Tensor.zeros(1000);
        try (Scope scope = new Scope();
                Safetensors read = Safetensors.open(file)) {
            mine.become(read.tensor("x"));
        }
        System.gc();
        assertThat(mine.toLongs()[999]).isEqualTo(999);
        mine.assign(Tensor.zeros(1000));
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.tensor("x").toLongs()[999]).isEqualTo(999);
        }
    }
}
