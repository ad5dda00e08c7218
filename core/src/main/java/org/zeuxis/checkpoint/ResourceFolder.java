package org.zeuxis.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.file.UnfinishedFile;

/**
 * A folder of the class path as a folder of the disk, so that its files can be mapped: itself where classes lie unpacked,
 * else a copy named by the checksums the jar keeps, made once.
 */
final class ResourceFolder {
    private ResourceFolder() {}

    static Path unpacked(Class<?> anchor, String name, Path cache) throws IOException {
        URL url = anchor.getResource(name);
        if (url == null) {
            throw new IOException("expected the folder " + name + " on the class path of " + anchor.getName()
                    + ", got none; add the dependency that ships it");
        }
        if (url.getProtocol().equals("file")) {
            try {
                return Path.of(url.toURI());
            } catch (URISyntaxException e) {
                throw new IOException(url + ": expected a folder's address, got " + Words.clean(e.getMessage()), e);
            }
        }
        URLConnection connection = url.openConnection();
        if (!(connection instanceof JarURLConnection inJar)) {
            throw new IOException(url + ": expected a resource in a jar or folder, got one of " + url.getProtocol()
                    + "; unpack it and pass its path");
        }
        inJar.setUseCaches(false);
        String prefix = inJar.getEntryName().endsWith("/") ? inJar.getEntryName() : inJar.getEntryName() + "/";
        try (JarFile jar = inJar.getJarFile()) {
            return unpacked(jar, prefix, cache);
        }
    }

    private static Path unpacked(JarFile jar, String prefix, Path cache) throws IOException {
        List<JarEntry> entries = jar.stream()
                .filter(e -> e.getName().startsWith(prefix) && !e.isDirectory())
                .sorted(Comparator.comparing(JarEntry::getName))
                .toList();
        if (entries.isEmpty()) {
            throw new IOException(jar.getName() + ": expected files under " + prefix + ", got none");
        }
        String[] parts = prefix.split("/");
        Path target = cache.resolve("unpacked").resolve(parts[parts.length - 1] + "-" + checksum(entries));
        if (isWhole(target, prefix, entries)) return target;
        try {
            Files.createDirectories(target.getParent());
            Path unfinished = target.resolveSibling(UnfinishedFile.PREFIX + UUID.randomUUID());
            try {
                for (JarEntry e : entries) unpack(jar, e, within(unfinished, prefix, e));
                // a damaged copy makes way; a whole one that another process made meanwhile stays
                if (Files.exists(target) && !isWhole(target, prefix, entries)) delete(target);
                if (!Files.exists(target)) AtomicFile.move(unfinished, target);
            } catch (FileSystemException e) {
                if (!isWhole(target, prefix, entries)) throw e;
            } finally {
                delete(unfinished);
            }
        } catch (FileSystemException e) {
            throw new IOException(
                    target + ": expected to unpack the model here, got " + Words.clean(e.toString())
                            + "; pass -Dorg.zeuxis.cache=FOLDER with a folder that can be written",
                    e);
        }
        return target;
    }

    private static void unpack(JarFile jar, JarEntry entry, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        try (InputStream in = jar.getInputStream(entry)) {
            Files.copy(in, file);
        }
    }

    private static Path within(Path folder, String prefix, JarEntry entry) throws IOException {
        Path file = folder.resolve(entry.getName().substring(prefix.length())).normalize();
        if (!file.startsWith(folder)) {
            throw new IOException("expected names within the folder, got " + Words.clean(entry.getName()));
        }
        return file;
    }

    private static boolean isWhole(Path folder, String prefix, List<JarEntry> entries) throws IOException {
        for (JarEntry e : entries) {
            Path file = within(folder, prefix, e);
            if (!Files.isRegularFile(file) || Files.size(file) != e.getSize()) return false;
        }
        return true;
    }

    /** Of the names, sizes and checksums in the jar's own directory: no file need be read. */
    private static String checksum(List<JarEntry> entries) {
        Digest digest = Digest.sha256();
        for (JarEntry e : entries) digest.with(e.getName() + " " + e.getSize() + " " + e.getCrc() + "\n");
        return digest.hex().substring(0, 16);
    }

    private static void delete(Path folder) throws IOException {
        if (!Files.exists(folder)) return;
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
