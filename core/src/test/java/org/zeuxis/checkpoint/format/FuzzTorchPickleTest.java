package org.zeuxis.checkpoint.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.Hostile;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/** Any bytes as an archive of {@code torch.save}, and as the pickle in one. */
class FuzzTorchPickleTest {
    @TempDir
    static Path folder;

    @FuzzTest(maxDuration = "5m")
    void archive(byte[] bytes) throws IOException {
        read(Files.write(folder.resolve("archive.pt"), bytes));
    }

    @FuzzTest(maxDuration = "5m")
    void pickle(byte[] bytes) throws IOException {
        Path file = folder.resolve("pickle.pt");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            store(zip, "a/data.pkl", bytes);
            store(zip, "a/data/0", new byte[24]);
        }
        read(file);
    }

    private static void read(Path file) {
        Hostile.line(file.toString(), () -> {
            try (Scope scope = new Scope();
                    TorchPickle weights = TorchPickle.open(file)) {
                for (Tensor x : weights.tensors().values()) x.toBytes();
            }
        });
    }

    private static void store(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        CRC32 sum = new CRC32();
        sum.update(bytes);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(bytes.length);
        entry.setCrc(sum.getValue());
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }
}
