package org.zeuxis.checkpoint.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Hostile;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** Any bytes as a safetensors file, and as the header of one. */
class FuzzSafetensorsTest {
    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "5m")
    void file(byte[] bytes) throws IOException {
        read(Files.write(folder.resolve("file.safetensors"), bytes));
    }

    @FuzzTest(maxDuration = "5m")
    void header(byte[] header) throws IOException {
        ByteBuffer file = ByteBuffer.allocate(8 + header.length + 16).order(ByteOrder.LITTLE_ENDIAN);
        file.putLong(header.length).put(header);
        read(Files.write(folder.resolve("header.safetensors"), file.array()));
    }

    private static void read(Path file) {
        Hostile.line(file.toString(), () -> {
            try (Scope scope = new Scope();
                    Safetensors weights = Safetensors.open(file)) {
                for (Tensor x : weights.tensors().values()) x.toBytes();
            }
        });
    }
}
