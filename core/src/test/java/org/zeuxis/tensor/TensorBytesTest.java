package org.zeuxis.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBytesTest {
    @TempDir
    private Path folder;

    /** Counts, and keeps the last byte. */
    private static final class Counting implements WritableByteChannel {
        private long count;
        private byte last;

        @Override
        public int write(ByteBuffer bytes) {
            int length = bytes.remaining();
            last = bytes.get(bytes.limit() - 1);
            bytes.position(bytes.limit());
            count += length;
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    @Test
    void writesTensorsOfMoreThanTwoGigabytesWhole() throws Exception {
        long size = (1L << 32) + 10;
        try (Scope scope = new Scope()) {
            // never touched but at its end, it takes no memory to speak of
            Tensor x = Tensor.empty(DType.UINT8, size);
            InPlace.assign(x.slice(0, size - 1, size), Tensor.scalar(42));
            Counting channel = new Counting();
            TensorBytes.write(x, channel);
            assertThat(channel.count).isEqualTo(size);
            assertThat(channel.last).isEqualTo((byte) 42);
        }
    }

    @Test
    void readsInAnotherTypeWhatAViewWouldGive() throws Exception {
        Path file = folder.resolve("numbers");
        Tensor numbers = Seed.of(1).randn(3, 100_001);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            out.write(ByteBuffer.wrap(new byte[3])); // numbers need not begin where their type would
            TensorBytes.write(numbers, out);
        }
        try (TensorBytes bytes = TensorBytes.map(file)) {
            Tensor read = bytes.read(DType.FLOAT32, 3, DType.BFLOAT16, 3, 100_001);
            assertThat(read.dtype()).isEqualTo(DType.BFLOAT16);
            assertThat(read.toBytes()).isEqualTo(numbers.to(DType.BFLOAT16).toBytes());
            assertThat(bytes.read(DType.FLOAT32, 3, DType.FLOAT32, 0, 2).shape())
                    .containsExactly(0, 2);
            assertThatThrownBy(() -> bytes.read(DType.FLOAT32, 7, DType.BFLOAT16, 3, 100_001))
                    .hasMessageContaining("expected a place within 1200015 bytes");
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
                out.truncate(1_100_000);
            }
            assertThatThrownBy(() -> bytes.read(DType.FLOAT32, 3, DType.BFLOAT16, 3, 100_001))
                    .isInstanceOf(IOException.class)
                    .hasMessage(
                            file + ": expected the 1200015 bytes that it had when it was opened, got 1100000; do not"
                                    + " write into a model's file while it is read");
        }
    }

    @Test
    void viewsWithAndWithoutStridesAndWithinTheFileOnly() throws Exception {
        Path file = Files.write(folder.resolve("größe"), new byte[] {0, 1, 2, 3, 4, 5, 6, 7});
        try (TensorBytes bytes = TensorBytes.map(file)) {
            assertThat(bytes.size()).isEqualTo(8);
            assertThat(bytes.view(DType.UINT8, 2, 2, 2).toLongs()).containsExactly(2, 3, 4, 5);
            assertThat(bytes.view(DType.INT16, 1, 1).toLongs()).containsExactly(0x0201);
            assertThat(bytes.view(DType.UINT8, 0, new long[] {2, 3}, new long[] {1, 2})
                            .toLongs())
                    .containsExactly(0, 2, 4, 1, 3, 5);
            assertThat(bytes.view(DType.UINT8, 8, 0, 3).shape()).containsExactly(0, 3);
            assertThatThrownBy(() -> bytes.view(DType.UINT8, 1, 8)).hasMessageContaining("within 8 bytes");
            assertThatThrownBy(() -> bytes.view(DType.UINT8, -1, 1)).hasMessageContaining("within 8 bytes");
            assertThatThrownBy(() -> bytes.view(DType.UINT8, 0, new long[] {5, 2}, new long[] {2, 1}))
                    .hasMessageContaining("within 8 bytes");
            assertThatThrownBy(() -> bytes.view(DType.UINT8, 4, new long[] {2}, new long[] {-1}))
                    .hasMessageContaining("strides of at least 0");
        }
    }
}
