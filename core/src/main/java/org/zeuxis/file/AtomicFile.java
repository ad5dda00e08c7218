package org.zeuxis.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** A file that appears under its name complete or not at all, whenever the process or machine dies or the disk is full. */
public final class AtomicFile {
    private AtomicFile() {}

    /** What fills the file. */
    public interface Content {
        void writeTo(UnfinishedFile file) throws IOException;
    }

    /** @throws IOException if the disk refuses, which names the file; what stood there before is then untouched */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The same for bytes. */
    public static void write(Path file, byte[] content) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        write(file, unfinished -> {
            while (bytes.hasRemaining()) unfinished.write(bytes);
        });
    }

    /** The same for what comes piece by piece. Folders are made as needed. */
    public static void write(Path file, Content content) throws IOException {
        try (UnfinishedFile unfinished = UnfinishedFile.begin(file)) {
            content.writeTo(unfinished);
            unfinished.finish();
        }
    }

    /** Gives what is complete its name. */
    public static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(
                    to + ": expected a file system that renames in one step; write to a local disk instead", e);
        }
    }
}
