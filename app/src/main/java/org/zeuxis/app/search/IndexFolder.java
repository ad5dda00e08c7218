package org.zeuxis.app.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import org.apache.lucene.codecs.CodecUtil;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexNotFoundException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.IOContext;
import org.apache.lucene.store.IndexInput;
import org.apache.lucene.store.LockObtainFailedException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.text.Words;

/** The folder of an index: opens it, and says in one line why it cannot be opened. */
public final class IndexFolder {
    /** Held, as a logger that nobody holds forgets its level: what Lucene advises its embedder is not for the user. */
    private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

    private static final List<String> OWN = List.of("_", "segments", "pending_segments", "write.lock");
    private static final double WRITE_BUFFER_MB = 64;
    private static final long LARGEST_CHECKED = 1 << 22;

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
            return sound(
                    index,
                    () -> IndexMark.of(
                            index, reader.getIndexCommit().getUserData().entrySet()));
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
            expectSound(directory);
            return DirectoryReader.open(directory);
        } catch (IndexNotFoundException e) {
            throw new IOException(
                    index
                            + ": expected an index, got a folder without one; make one with 'zeuxis search index DIR"
                            + " --into'",
                    e);
        } catch (IOException | RuntimeException e) {
            throw unreadable(index, e);
        }
    }

    /** What reads an index. */
    interface Reading<T> {
        T read() throws IOException;
    }

    /** Reads from an open index; whatever Lucene throws at a damaged one, the message names it. */
    static <T> T sound(Path index, Reading<T> reading) throws IOException {
        try {
            return reading.read();
        } catch (CancellationException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            if (String.valueOf(e.getMessage()).startsWith(index + ": ")) throw e;
            throw unreadable(index, e);
        }
    }

    /**
     * Looks at the checksums of the last commit's small files, which say how large all else is: Lucene takes memory for
     * what they tell before it knows whether they are sound. What a killed run left half written is no part of it.
     */
    private static void expectSound(Directory directory) throws IOException {
        String[] all = directory.listAll();
        String commit = SegmentInfos.getLastCommitSegmentsFileName(all);
        if (commit == null) return;
        checkSum(directory, commit);
        for (String name : all) if (name.endsWith(".si")) checkSum(directory, name);
        for (String name : SegmentInfos.readCommit(directory, commit).files(false)) checkSum(directory, name);
    }

    private static void checkSum(Directory directory, String name) throws IOException {
        try (IndexInput in = directory.openInput(name, IOContext.READONCE)) {
            if (in.length() > 0 && in.length() <= LARGEST_CHECKED) CodecUtil.checksumEntireFile(in);
        } catch (NoSuchFileException e) {
            return; // dropped meanwhile by another process, or missing: Lucene tells
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
            Directory directory = FSDirectory.open(index);
            expectSound(directory);
            return new IndexWriter(directory, config);
        } catch (LockObtainFailedException e) {
            throw new IOException(
                    index + ": expected to write it alone, but another process is writing it;"
                            + " run this again when that one has ended",
                    e);
        } catch (IOException | RuntimeException e) {
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
                index + ": expected an index that this version reads, but it cannot be read ("
                        + Words.clean(String.valueOf(e.getMessage())) + "); index into another folder",
                e);
    }
}
