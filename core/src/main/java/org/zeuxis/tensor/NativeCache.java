package org.zeuxis.tensor;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bytedeco.javacpp.Loader;

/**
 * JavaCPP's folder of unpacked libraries. Of several processes that start for the first time, one unpacks and the others
 * wait: JavaCPP's own lock is on each file, and a library rewritten under a process that has mapped it ends that process.
 */
final class NativeCache {
    private static final String LOCK = ".zeuxis.lock";

    private NativeCache() {}

    /**
     * Runs {@code load} while no other process does, or without the lock where the folder cannot be locked.
     *
     * @param load may run twice
     */
    static void alone(Runnable load) {
        try {
            Path file = Loader.getCacheDir().toPath().resolve(LOCK);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = channel.lock()) {
                load.run();
            }
        } catch (IOException e) {
            load.run();
        }
    }
}
