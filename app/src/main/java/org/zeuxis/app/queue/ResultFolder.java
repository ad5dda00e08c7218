package org.zeuxis.app.queue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.zeuxis.file.AtomicFile;
import org.zeuxis.file.AtomicFolder;

/** Where finished pictures lie, each result in a folder of its own that is there whole or not at all; the oldest go when there are too many. */
public final class ResultFolder {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{32}");
    private static final String ABOUT = "about.json";
    private static final String PNG = ".png";

    private final Path folder;
    private final int most;
    private final Deque<String> oldestFirst;

    private ResultFolder(Path folder, int most, Deque<String> oldestFirst) {
        this.folder = folder;
        this.most = most;
        this.oldestFirst = oldestFirst;
    }

    /**
     * With all that it held before.
     *
     * @param most how many results it holds at most
     * @throws IOException if it cannot be read or made
     */
    public static ResultFolder open(Path folder, int most) throws IOException {
        if (most < 1) throw new IOException("expected to keep at least 1 result, got " + most);
        if (Files.exists(folder) && !Files.isDirectory(folder)) {
            throw new IOException(folder + ": expected a folder for results, got a file; name another");
        }
        Files.createDirectories(folder);
        record Dated(String id, FileTime time) {}
        List<Dated> all = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            for (Path entry : entries.toList()) {
                String name = String.valueOf(entry.getFileName());
                if (ID.matcher(name).matches()) all.add(new Dated(name, Files.getLastModifiedTime(entry)));
            }
        }
        all.sort(Comparator.comparing(Dated::time));
        return new ResultFolder(
                folder, most, new ArrayDeque<>(all.stream().map(Dated::id).toList()));
    }

    /**
     * Keeps pictures; when this returns they outlive the process.
     *
     * @param about what is said of them
     */
    public synchronized Kept keep(String id, List<byte[]> pictures, String about) throws IOException {
        AtomicFolder.write(folder.resolve(id), unfinished -> {
            for (int i = 0; i < pictures.size(); i++) AtomicFile.write(unfinished.resolve(i + PNG), pictures.get(i));
            AtomicFile.write(unfinished.resolve(ABOUT), about);
        });
        oldestFirst.add(id);
        while (oldestFirst.size() > most) delete(oldestFirst.remove());
        return find(id).orElseThrow(() -> new IOException(folder.resolve(id) + ": expected what was just written"));
    }

    /** What came of a ticket, in this process or an earlier one. */
    public synchronized Optional<Kept> find(String id) throws IOException {
        Path result = folder.resolve(ID.matcher(id).matches() ? id : "none");
        if (!Files.isDirectory(result)) return Optional.empty();
        Instant created = Files.getLastModifiedTime(result.resolve(ABOUT)).toInstant();
        List<Path> pictures = new ArrayList<>();
        for (Path next = result.resolve(0 + PNG); Files.exists(next); next = result.resolve(pictures.size() + PNG))
            pictures.add(next);
        String about = Files.readString(result.resolve(ABOUT), StandardCharsets.UTF_8);
        return Optional.of(new Kept(id, created, pictures, about));
    }

    private void delete(String id) throws IOException {
        Path result = folder.resolve(id);
        if (!Files.isDirectory(result)) return;
        try (Stream<Path> files = Files.list(result)) {
            for (Path file : files.toList()) Files.delete(file);
        }
        Files.delete(result);
    }
}
