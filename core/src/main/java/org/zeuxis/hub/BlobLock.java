package org.zeuxis.hub;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;

/** One thread of one process at a time writes a blob. */
final class BlobLock implements AutoCloseable {
    /** Within this process, where a lock on a file excludes nobody and closing one file of two gives up both locks. */
    private static final ConcurrentMap<Path, ReentrantLock> THREADS = new ConcurrentHashMap<>();

    private final ReentrantLock threads;
    private final FileChannel channel;

    private BlobLock(ReentrantLock threads, FileChannel channel) {
        this.threads = threads;
        this.channel = channel;
    }

    /** @param waits told before another's end is waited for */
    static BlobLock of(Path file, Runnable waits) throws IOException {
        Files.createDirectories(HubCache.parent(file));
        ReentrantLock threads = THREADS.computeIfAbsent(file.toAbsolutePath().normalize(), f -> new ReentrantLock());
        boolean told = false;
        if (!threads.tryLock()) {
            waits.run();
            told = true;
            try {
                threads.lockInterruptibly();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("stopped");
            }
        }
        try {
            FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            try {
                // the lock ends with the channel
                if (channel.tryLock() == null) {
                    if (!told) waits.run();
                    var unused = channel.lock();
                }
            } catch (FileLockInterruptionException e) {
                channel.close();
                throw e;
            } catch (IOException | OverlappingFileLockException e) {
                // a file system without locks: two processes may download twice, and the hash tells if they mixed
            }
            return new BlobLock(threads, channel);
        } catch (IOException | RuntimeException e) {
            threads.unlock();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            threads.unlock();
        }
    }
}
