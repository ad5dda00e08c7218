package org.zeuxis.machine;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Folders within jars as one folder of the disk, so that its files can be mapped. It appears whole or not at all, under a
 * name made of the checksums that the jars keep; one in which a file lacks or has another size is made again.
 */
public final class UnpackedFolder implements AutoCloseable {
    private static final String UNFINISHED = ".unfinished-";

    private record Content(JarFile jar, JarEntry entry) {}

    private final List<JarFile> jars = new ArrayList<>();
    private final Map<String, Content> contents = new TreeMap<>();

    private UnpackedFolder() {}

    /**
     * @param folders of jars; where two have a file of one name, the later one's counts
     * @param wanted which names within the folders
     * @param cache where the folder is made, beside those of other contents
     * @param name what the folder's own begins with
     * @throws IOException if it cannot be made, in one line
     */
    public static Path of(List<URL> folders, Predicate<String> wanted, Path cache, String name) throws IOException {
        try (UnpackedFolder unpacked = new UnpackedFolder()) {
            for (URL folder : folders) unpacked.add(folder, wanted);
            if (unpacked.contents.isEmpty()) throw new IOException(folders + ": expected files, got none");
            synchronized (UnpackedFolder.class) {
                return unpacked.within(cache, name);
            }
        }
    }

    private void add(URL folder, Predicate<String> wanted) throws IOException {
        URLConnection connection = folder.openConnection();
        if (!(connection instanceof JarURLConnection inJar)) {
            throw new IOException(folder + ": expected a folder in a jar, got one of " + folder.getProtocol()
                    + "; unpack it and pass its path");
        }
        inJar.setUseCaches(false);
        JarFile jar = inJar.getJarFile();
        jars.add(jar);
        String entry = inJar.getEntryName();
        String prefix = entry.endsWith("/") ? entry : entry + "/";
        jar.stream()
                .filter(e -> e.getName().startsWith(prefix) && !e.isDirectory())
                .filter(e -> wanted.test(e.getName().substring(prefix.length())))
                .forEach(e -> contents.put(e.getName().substring(prefix.length()), new Content(jar, e)));
    }

    private Path within(Path cache, String name) throws IOException {
        Path target = cache.resolve(name + "-" + checksum()).toAbsolutePath();
        if (isWhole(target)) return target;
        try {
            Files.createDirectories(cache);
            try (FileChannel channel = FileChannel.open(
                            cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = lock(channel)) {
                if (isWhole(target)) return target;
                // of those who died; whoever lives holds the lock
                if (lock != null) deleteUnfinished(cache);
                make(target);
            }
        } catch (IOException e) {
            if (isWhole(target)) return target;
            throw new IOException(
                    target + ": expected to unpack " + megabytes() + " MB here, got "
                            + String.valueOf(e.getMessage()).replaceAll("\\s+", " ") + " ("
                            + e.getClass().getSimpleName()
                            + "); pass -Dorg.zeuxis.cache=FOLDER with a folder that can be written and has room",
                    e);
        }
        return target;
    }

    /** Nothing where the file system has no locks: then several may unpack at once. */
    private static @Nullable FileLock lock(FileChannel channel) {
        while (true) {
            try {
                return channel.lock();
            } catch (OverlappingFileLockException e) {
                // this class in another class loader of this process
                LockSupport.parkNanos(10_000_000);
            } catch (IOException e) {
                return null;
            }
        }
    }

    private void make(Path target) throws IOException {
        Path unfinished = target.resolveSibling(UNFINISHED + UUID.randomUUID());
        try {
            for (Map.Entry<String, Content> each : contents.entrySet()) {
                Path file = unfinished.resolve(each.getKey()).normalize();
                if (!file.startsWith(unfinished)) {
                    throw new IOException("expected names within the folder, got a file outside of it");
                }
                write(each.getValue(), file);
            }
            // a damaged one makes way; a whole one that another process made meanwhile stays
            if (Files.exists(target) && !isWhole(target)) {
                Path damaged = target.resolveSibling(UNFINISHED + UUID.randomUUID());
                Files.move(target, damaged);
                delete(damaged);
            }
            if (!Files.exists(target)) Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            delete(unfinished);
        }
    }

    private static void write(Content content, Path file) throws IOException {
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        try (InputStream in = content.jar().getInputStream(content.entry())) {
            Files.copy(in, file);
        }
        // or a power cut would leave a file of the right size that is empty
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
    }

    private boolean isWhole(Path folder) throws IOException {
        for (Map.Entry<String, Content> each : contents.entrySet()) {
            Path file = folder.resolve(each.getKey());
            if (!Files.isRegularFile(file)
                    || Files.size(file) != each.getValue().entry().getSize()) return false;
        }
        return true;
    }

    private long megabytes() {
        long bytes =
                contents.values().stream().mapToLong(c -> c.entry().getSize()).sum();
        return bytes / 1_000_000 + 1;
    }

    /** Of the names, sizes and checksums in the jars' own directories: no file need be read. */
    private String checksum() {
        StringBuilder all = new StringBuilder();
        contents.forEach((name, c) -> all.append(name)
                .append(' ')
                .append(c.entry().getSize())
                .append(' ')
                .append(c.entry().getCrc())
                .append('\n'));
        try {
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(all.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java runtime lacks SHA-256, which every one must have", e);
        }
    }

    private static void deleteUnfinished(Path cache) throws IOException {
        List<Path> left;
        try (Stream<Path> all = Files.list(cache)) {
            left = all.filter(p -> String.valueOf(p.getFileName()).startsWith(UNFINISHED))
                    .toList();
        }
        for (Path each : left) delete(each);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }

    @Override
    public void close() throws IOException {
        for (JarFile jar : jars) jar.close();
    }
}
