package org.zeuxis.app.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;

/** The folder of an index: opens it, and says in one line why it cannot be opened. */
public final class IndexFolder {
    /** Held, as a logger that nobody holds forgets its level: what Lucene advises its embedder is not for the user. */
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

    private static final List<String> OWN = List.of("_", "segments", "pending_segments", "write.lock");
    private static final double WRITE_BUFFER_MB = 64;

    static {
        LUCENE.setLevel(Level.SEVERE);
    }

    private IndexFolder() {}

    /** What the index there says of itself; null if there is none yet. */
    public static @Nullable IndexMark mark(Path index) throws IOException {
        if (!Files.isDirectory(index)) return null;
        try (Directory directory = FSDirectory.open(index)) {
            if (!DirectoryReader.indexExists(directory)) return null;
        }
        try (DirectoryReader reader = reader(index)) {
            return IndexMark.of(index, reader.getIndexCommit().getUserData().entrySet());
        }
    }

    /**
     * Opens the last commit to be read, also while another process writes.
     *
     * @throws IOException if there is no index, or it cannot be read
     */
    public static DirectoryReader reader(Path index) throws IOException {
        if (!Files.isDirectory(index)) {
            throw new IOException(
                    index + ": expected the folder of an index, got " + (Files.exists(index) ? "a file" : "nothing")
                            + "; make one with 'zeuxis search index DIR --into'");
        }
        // the reader keeps the directory, which holds nothing open by itself
        Directory directory = FSDirectory.open(index);
        try {
            return DirectoryReader.open(directory);
        } catch (IndexNotFoundException e) {
            throw new IOException(
                    index
                            + ": expected an index, got a folder without one; make one with 'zeuxis search index DIR"
                            + " --into'",
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(index, e);
        }
    }

    /**
     * Opens an index to be written, makes it if need be, and locks it against others.
     *
     * @throws IOException if another process writes it, or the folder holds other things
     */
    public static IndexWriter writer(Path index, Hnsw hnsw) throws IOException {
        if (Files.exists(index) && !Files.isDirectory(index)) {
            throw new IOException(index + ": expected a folder for the index, got a file; name another");
        }
        Files.createDirectories(index);
        expectNothingElse(index);
        IndexWriterConfig config =
                new IndexWriterConfig().setCodec(hnsw.codec()).setRAMBufferSizeMB(WRITE_BUFFER_MB);
        try {
            return new IndexWriter(FSDirectory.open(index), config);
        } catch (LockObtainFailedException e) {
            throw new IOException(
                    index + ": expected to write it alone, but another process is writing it;"
                            + " run this again when that one has ended",
                    e);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable(index, e);
        }
    }

    /** Gives up what came after the last commit; what kept it from being written may keep this from being tidy, too. */
    static void abandon(IndexWriter writer) {
        try {
            writer.rollback();
        } catch (IOException | RuntimeException e) {
            // the failure that led here is the one to be told
        }
    }

    private static void expectNothingElse(Path index) throws IOException {
        try (Stream<Path> files = Files.list(index)) {
            String other = files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> OWN.stream().noneMatch(name::startsWith))
                    .sorted()
                    .findFirst()
                    .orElse(null);
            if (other == null) return;
            throw new IOException(index + ": expected an index or an empty folder, got one with " + other
                    + "; name a folder of its own");
        }
    }

    private static IOException unreadable(Path index, Exception e) {
        return new IOException(
                index + ": expected an index that this version reads, but it cannot be opened (" + e.getMessage()
                        + "); index into another folder",
                e);
    }
}
