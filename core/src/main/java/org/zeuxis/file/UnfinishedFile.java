package org.zeuxis.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A file that grows under another name and takes its own when it is finished; closed before that, it is gone.
 *
 * <p>Java's "No space left on device" names no file; what this throws names the one that was to be.
 */
public final class UnfinishedFile implements WritableByteChannel {
    /** How unfinished files begin, so that leftovers of a killed process are known as such. */
    public static final String PREFIX = ".unfinished-";

    private final Path file;
    private final Path path;
    private final FileChannel channel;
    private boolean finished;

    private UnfinishedFile(Path file, Path path, FileChannel channel) {
        this.file = file;
        this.path = path;
        this.channel = channel;
    }

    /**
     * Begins what will be {@code file}. Folders are made as needed.
     *
     * @throws IOException if it cannot be written there
     */
    public static UnfinishedFile begin(Path file) throws IOException {
        Path path = beside(file);
        makeFolderOf(path);
        try {
            return new UnfinishedFile(
                    file, path, FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
        } catch (AccessDeniedException e) {
            throw new AccessDeniedException(file.toString());
        } catch (IOException e) {
            throw refused(file, e);
        }
    }

    /** @throws NotDirectoryException if there is a file where the folder has to be */
    static void makeFolderOf(Path file) throws IOException {
        try {
            Files.createDirectories(file.getParent());
        } catch (FileAlreadyExistsException e) {
            throw new NotDirectoryException(e.getFile());
        }
    }

    /** A new name in the folder of {@code file}. */
    static Path beside(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        if (target.getParent() == null || target.getFileName() == null) {
            throw new IOException(file + ": expected the path of a file, got the root folder");
        }
        return target.resolveSibling(PREFIX + UUID.randomUUID() + "-" + target.getFileName());
    }

    /** What is said of a disk that does not take all of {@code file}. */
    public static IOException refused(Path file, IOException e) {
        String why = e instanceof FileSystemException system ? system.getReason() : e.getMessage();
        return new IOException(
                file + ": expected a disk that takes all of it, got '"
                        + (why == null ? e.getClass().getSimpleName() : why)
                        + "'; make room, or name another place",
                e);
    }

    @Override
    public int write(ByteBuffer bytes) throws IOException {
        try {
            return channel.write(bytes);
        } catch (IOException e) {
            throw refused(file, e);
        }
    }

    /** How many bytes there are. */
    public long position() throws IOException {
        return channel.position();
    }

    /** Nothing more is written; all of it is on the disk. */
    public void seal() throws IOException {
        if (!channel.isOpen()) return;
        try {
            channel.force(true);
            channel.close();
        } catch (IOException e) {
            throw refused(file, e);
        }
    }

    /** Gives it its name. */
    public void finish() throws IOException {
        seal();
        AtomicFile.move(path, file.toAbsolutePath());
        finished = true;
        force(path.getParent());
    }

    /** Makes a rename in {@code folder} survive a power cut, where the system lets folders be synced. */
    private static void force(@Nullable Path folder) {
        if (folder == null) return;
        try (FileChannel entries = FileChannel.open(folder, StandardOpenOption.READ)) {
            entries.force(true);
        } catch (IOException e) {
            // Windows opens no folders; its renames are journalled
        }
    }

    @Override
    public boolean isOpen() {
        return channel.isOpen();
    }

    @Override
    public void close() throws IOException {
        channel.close();
        if (!finished) Files.deleteIfExists(path);
    }
}
