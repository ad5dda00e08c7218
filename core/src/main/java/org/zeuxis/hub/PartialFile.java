package org.zeuxis.hub;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.OneLine;

/** What has come of a file so far, on a disk that may fill up: its failures name it and are no failures of the server. */
final class PartialFile implements AutoCloseable {
    private final Path path;
    private final FileChannel channel;

    private PartialFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static PartialFile open(Path path) throws IOException {
        return new PartialFile(path, FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE));
    }

    long size() throws IOException {
        return channel.position();
    }

    /** Leaves so many bytes, to which more can be appended. */
    void truncate(long bytes) throws IOException {
        channel.truncate(bytes);
        channel.position(bytes);
    }

    void append(ByteBuffer bytes) throws IOException {
        try {
            while (bytes.hasRemaining()) channel.write(bytes);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    /** Onto the disk itself. */
    void force() throws IOException {
        try {
            channel.force(true);
        } catch (IOException e) {
            throw failed(e);
        }
    }

    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(path);
    }

    private IOException failed(IOException e) {
        if (e instanceof ClosedByInterruptException) return e;
        return new HubException(
                path + ": expected to write it, got " + OneLine.of(e)
                        + "; make room there or set HF_HUB_CACHE to another disk, and pull again, it goes on from there",
                e);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
