package org.zeuxis.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** A file that appears under its name complete or not at all, whenever the process or machine dies. */
public final class AtomicFile {
    /** How unfinished files begin, so that leftovers of a killed process are known as such. */
    static final String UNFINISHED = ".unfinished-";

    private AtomicFile() {}

    /** What fills the file. */
    interface Content {
        void writeTo(FileChannel channel) throws IOException;
    }

    /** @throws IOException if the disk refuses; what stood there before is then untouched */
    public static void write(Path file, String text) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        write(file, channel -> {
            while (bytes.hasRemaining()) channel.write(bytes);
        });
    }

    static void write(Path file, Content content) throws IOException {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || target.getFileName() == null) {
            throw new IOException(file + ": expected the path of a file, got the root folder");
        }
        Files.createDirectories(folder);
        Path unfinished = folder.resolve(UNFINISHED + UUID.randomUUID() + "-" + target.getFileName());
        try {
            try (FileChannel channel =
                    FileChannel.open(unfinished, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                content.writeTo(channel);
                channel.force(true);
            }
            move(unfinished, target);
        } catch (IOException e) {
            throw unwritten(file, e);
        } finally {
            Files.deleteIfExists(unfinished);
        }
        force(folder);
    }

    /** The same failure with the file's name, which a full disk does not say; one that has a name keeps it. */
    public static IOException unwritten(Path file, IOException e) {
        String message = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        if (message == null || message.startsWith(file.toString())) return e;
        return new IOException(file + ": cannot be written: " + message, e);
    }

    static void move(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (AtomicMoveNotSupportedException e) {
            throw new IOException(
                    to + ": expected a file system that renames in one step; write to a local disk instead", e);
        }
    }

    /** Makes a rename in {@code folder} survive a power cut, where the system lets folders be synced. */
    static void force(Path folder) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // Windows opens no folders; its renames are journalled
        }
    }
}
