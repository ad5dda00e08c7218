package org.zeuxis.checkpoint.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.InPlace;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

class SafetensorsTest {
    @TempDir
    private Path folder;

    @Test
    void everyTypeComesBackByteForByte() throws Exception {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (DType type : EnumSet.complementOf(EnumSet.of(DType.INT4)))
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
            InPlace.become(mine, read.tensor("x"));
        }
        System.gc();
        assertThat(mine.toLongs()[999]).isEqualTo(999);
        InPlace.assign(mine, Tensor.zeros(1000));
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.tensor("x").toLongs()[999]).isEqualTo(999);
        }
    }

    @Test
    void readsFilesOfMoreThanTwoGigabytes() throws Exception {
        long large = 3L << 30;
        String header = "{\"large\":{\"dtype\":\"U8\",\"shape\":[" + large + "],\"data_offsets\":[0," + large + "]},"
                + "\"x\":{\"dtype\":\"I64\",\"shape\":[2],\"data_offsets\":[" + large + "," + (large + 16) + "]}}";
        ByteBuffer start = ByteBuffer.allocate(8 + header.length()).order(ByteOrder.LITTLE_ENDIAN);
        start.putLong(header.length()).put(header.getBytes(StandardCharsets.US_ASCII));
        Path file = folder.resolve("sparse.safetensors");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write(start.array());
            // a hole takes no room on the disk
            out.seek(start.capacity() + large - 1);
            out.write(7);
            out.seek(start.capacity() + large + 15);
            out.write(1);
        }
        try (Safetensors read = Safetensors.open(file)) {
            assertThat(read.tensor("large").slice(0, large - 2, large).toLongs())
                    .containsExactly(0, 7);
            assertThat(read.tensor("x").toLongs()).containsExactly(0, 1L << 56);
        }
    }

    @Test
    void aFailedWriteLeavesWhatWasThere() throws Exception {
        Path file = folder.resolve("x.safetensors");
        SafetensorsWriter.write(file, Map.of("x", Tensor.arange(3)), Map.of());
        assertThatThrownBy(() -> AtomicFile.write(file, channel -> {
                    channel.write(ByteBuffer.allocate(100));
                    throw new IOException("no space left");
                }))
                .hasMessage("no space left");
        assertThatThrownBy(() -> SafetensorsWriter.write(file, Map.of("__metadata__", Tensor.zeros(1)), Map.of()))
                .hasMessageContaining("expected another name");
        try (Safetensors read = Safetensors.open(file);
                Stream<Path> all = Files.list(folder)) {
            assertThat(read.tensor("x").toLongs()).containsExactly(0, 1, 2);
            assertThat(all).containsExactly(file);
        }
    }

    @Test
    void aMissingNameIsAnsweredWithTheNearest() throws Exception {
        Path file = folder.resolve("x.safetensors");
        SafetensorsWriter.write(file, Map.of("a.weight", Tensor.arange(3)), Map.of());
        Safetensors read = Safetensors.open(file);
        assertThatThrownBy(() -> read.tensor("a.weigth")).hasMessageContaining("nearest key: a.weight");
        read.close();
        read.close();
        assertThatThrownBy(() -> read.tensor("a.weight")).isInstanceOf(IllegalStateException.class);
    }
}
