package org.zeuxis.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.Packing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** What the weights of a model take, and give back. */
class MemoryOfWeightsTest {
    private static final int WIDTH = 2048;
    private static final int LAYERS = 40;
    /** In bfloat16. */
    private static final long BYTES = 2L * WIDTH * WIDTH * LAYERS;

    @TempDir
    Path folder;

    /** Layers one after the other, of sizes that an allocator keeps for itself. */
    private static final class Layers extends Module {
        private final List<Linear> layers = children("layers", LAYERS, i -> new Linear(WIDTH, WIDTH));

        Tensor forward(Tensor x) {
            for (Linear layer : layers) x = layer.forward(x);
            return x;
        }
    }

    private Path file() throws IOException {
        Path file = folder.resolve("layers.safetensors");
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (Scope scope = new Scope()) {
            Tensor weight = Tensor.zeros(WIDTH, WIDTH).to(DType.BFLOAT16);
            Tensor bias = Tensor.zeros(WIDTH).to(DType.BFLOAT16);
            for (int i = 0; i < LAYERS; i++) {
                tensors.put("layers." + i + ".weight", weight);
                tensors.put("layers." + i + ".bias", bias);
            }
            SafetensorsWriter.write(file, tensors, Map.of());
        }
        return file;
    }

    private static Layers opened(Path file, OptionalLong available) throws IOException {
        return opened(file, available, Packing.FASTEST);
    }

    private static Layers opened(Path file, OptionalLong available, Packing packing) throws IOException {
        try (Safetensors weights = Safetensors.open(file)) {
            StateDict state = StateDict.of(weights).as(DType.BFLOAT16).packed(packing);
            Layers layers = state.sized(Layers::new);
            state.loadInto(layers, available);
            return layers;
        }
    }

    private static long resident() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static long used(Path file, Packing packing) throws IOException {
        try (Layers layers = opened(file, OptionalLong.empty(), packing);
                Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            layers.forward(Tensor.zeros(64, WIDTH).to(DType.BFLOAT16));
            return resident();
        }
    }

    @Test
    void aClosedModelGivesItsMemoryBack() throws IOException {
        assumeThat(Path.of("/proc/self/status")).isReadable();
        Path file = file();
        assertThat(used(file, Packing.FASTEST)).isPositive(); // classes and threads are there from now on
        long before = resident();
        long open = used(file, Packing.FASTEST);
        long closed = resident();
        assertThat(open - before).as("taken").isGreaterThan(BYTES * 8 / 10);
        assertThat(closed - before).as("kept, of %d before", before).isLessThan(before / 10);
    }

    @Test
    void in8BitsWeightsTakeHalfOfBfloat16() throws IOException {
        assumeThat(Path.of("/proc/self/status")).isReadable();
        Path file = file();
        long[] taken = new long[5]; // what earlier tests held goes meanwhile
        for (int i = 0; i < taken.length; i++) {
            long before = resident();
            taken[i] = used(file, Packing.INT8) - before;
        }
        Arrays.sort(taken);
        assertThat(taken[2]).isBetween(BYTES * 4 / 10, BYTES * 7 / 10);
        long one = 2L * WIDTH * WIDTH; // while it is multiplied by
        opened(file, OptionalLong.of(BYTES / 2 + one + 1_000_000), Packing.INT8).close();
        assertThatThrownBy(() -> opened(file, OptionalLong.of(BYTES / 2), Packing.INT8))
                .isInstanceOf(NoRoomException.class)
                .hasMessageContaining("for its weights in int8")
                .hasMessageEndingWith("or take a smaller model");
        try (Safetensors weights = Safetensors.open(file)) {
            assertThatThrownBy(() -> StateDict.of(weights).as(DType.INT8))
                    .hasMessage("expected bfloat16 or float32 to compute in, got int8, in which only a T5 encoder"
                            + " and a language model keep their weights");
        }
    }

    @Test
    void in4BitsTheyTakeAThird() throws IOException {
        assumeThat(Path.of("/proc/self/status")).isReadable();
        Path file = file();
        long[] taken = new long[5];
        for (int i = 0; i < taken.length; i++) {
            long before = resident();
            taken[i] = used(file, Packing.INT4) - before;
        }
        Arrays.sort(taken);
        assertThat(taken[2]).isBetween(BYTES * 25 / 100, BYTES * 55 / 100);
        assertThatThrownBy(() -> opened(file, OptionalLong.of(BYTES / 4), Packing.INT4))
                .isInstanceOf(NoRoomException.class)
                .hasMessageContaining("for its weights in int4");
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeItIsRead() throws IOException {
        Path file = file();
        assertThatThrownBy(() -> opened(file, OptionalLong.of(300_000_000)))
                .isInstanceOf(NoRoomException.class)
                .hasMessage(
                        file + ": expected 0.3 GB of free memory for its weights in bfloat16, got 0.3 GB; close other"
                                + " programs, or take a smaller model");
        opened(file, OptionalLong.of(BYTES + 1_000_000)).close();
    }

    @Test
    void whatStaysInItsFileIsNotCounted() throws IOException {
        try (Scope scope = new Scope()) {
            Path float32 = folder.resolve("one.safetensors");
            SafetensorsWriter.write(float32, Map.of("weight", Tensor.zeros(8, 8), "bias", Tensor.zeros(8)), Map.of());
            try (Safetensors weights = Safetensors.open(float32)) {
                Linear linear = new Linear(8, 8);
                StateDict.of(weights).as(DType.FLOAT32).loadInto(linear, OptionalLong.of(0));
                assertThatThrownBy(
                                () -> StateDict.of(weights).as(DType.BFLOAT16).loadInto(linear, OptionalLong.of(0)))
                        .hasMessageContaining("for its weights in bfloat16");
            }
        }
    }
}
