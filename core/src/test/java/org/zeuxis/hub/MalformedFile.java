package org.zeuxis.hub;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.zeuxis.Hostile;
import org.zeuxis.models.latentdiffusion.LatentDiffusion;
import org.zeuxis.tensor.DType;

/** What a checkpoint that is broken or was made to do harm is made of, and how a user opens it. */
final class MalformedFile {
    /** JSON without end. */
    static final String DEEP = "[".repeat(100_000);

    private MalformedFile() {}

    /** As {@code zeuxis imagine --model} opens it: refused, in one line that names what is malformed; the line. */
    static String refused(Path named, Path opened) {
        return Hostile.refusal(
                named.toString(),
                () -> Models.standard()
                        .open(opened.toString(), LatentDiffusion.class, DType.FLOAT32)
                        .close());
    }

    static byte[] bytes(String latin1) {
        return latin1.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** Longer than it is, without a block on the disk for it. */
    static void lengthen(Path file, long length) throws IOException {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
            sparse.setLength(length);
        }
    }

    /** With a folder in the place of {@code file}, and with what never ends. */
    static void refusedAsNoFile(Path file, Path opened) throws IOException {
        Files.deleteIfExists(file);
        Files.createDirectory(file);
        refused(file, opened);
        Files.delete(file);
        Files.createSymbolicLink(file, Path.of("/dev/zero"));
        refused(file, opened);
        Files.delete(file);
    }
}
