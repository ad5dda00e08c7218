package org.zeuxis.data.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Hostile;
import org.zeuxis.data.Dataset;

/** Any bytes as a caption table, a shard of a WebDataset, or the images of an IDX pair. */
class FuzzDatasetTest {
    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "5m")
    void csv(byte[] bytes) throws IOException {
        read(Files.write(folder.resolve("table.csv"), bytes));
    }

    @FuzzTest(maxDuration = "5m")
    void jsonl(byte[] bytes) throws IOException {
        read(Files.write(folder.resolve("table.jsonl"), bytes));
    }

    /** The checksums of its headers are put right, so that what is in them counts. */
    @FuzzTest(maxDuration = "5m")
    void tar(byte[] bytes) throws IOException {
        byte[] shard = bytes.clone();
        for (int at = 0; at + 512 <= shard.length; at += 512) {
            long sum = 8 * ' ';
            for (int i = 0; i < 512; i++) if (i < 148 || i >= 156) sum += shard[at + i] & 255;
            byte[] octal = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
            if (sum > 8 * ' ') System.arraycopy(octal, 0, shard, at + 148, 8);
        }
        read(Files.write(folder.resolve("shard.tar"), shard));
    }

    @FuzzTest(maxDuration = "5m")
    void idx(byte[] bytes) throws IOException {
        Path file = Files.write(folder.resolve("train-images-idx3-ubyte"), bytes);
        int count = bytes.length < 8 ? 1 : ByteBuffer.wrap(bytes).getInt(4);
        ByteBuffer labels = ByteBuffer.allocate(8 + Math.max(0, Math.min(count, 1 << 16)));
        labels.putInt(0x0801).putInt(count);
        Files.write(folder.resolve("train-labels-idx1-ubyte"), labels.array());
        read(file);
    }

    private static void read(Path file) {
        Dataset[] read = new Dataset[1];
        String refusal = Hostile.line(file.toString(), () -> read[0] = DatasetLocation.open(file.toString()));
        if (!refusal.isEmpty()) return;
        for (int i = 0; i < Math.min(20, read[0].size()); i++) {
            int index = i;
            Hostile.line(read[0].key(i), () -> read[0].get(index));
        }
    }
}
