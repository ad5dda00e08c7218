package org.zeuxis.app.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.store.AlreadyClosedException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.Digest;
import org.zeuxis.data.Problem;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.file.UnfinishedFile;
import org.zeuxis.image.Image;

/**
 * Brings an index up to date with a folder: only what is new or has changed is embedded.
 *
 * <p>A file of the same size and time counts as unchanged. Any other is told by its content, so that one which was moved,
 * copied or touched takes the vector of that content. A run that is killed loses what came after its last commit.
 */
public final class Indexing {
    /**
     * How often work is made to last.
     *
     * @param batch pictures that are embedded at once
     * @param files written at most between two commits
     * @param most time between two commits
     * @param retry looks again at what was unreadable before
     */
    public record Pace(int batch, int files, Duration most, boolean retry) {
        public static final Pace STANDARD = new Pace(16, 512, Duration.ofSeconds(30), false);

        public Pace retrying(boolean retry) {
            return new Pace(batch, files, most, retry);
        }
    }

    private static final int MOST_WIDTH = 1024;

    /** A picture that waits to be embedded. */
    private record Waiting(IndexedPicture picture, Image seen, boolean changed) {}

    /**
     * What a file holds, read while others are embedded.
     *
     * @param sha256 of its content; null if that cannot be read, or need not be
     * @param seen the picture, unless its content was known before
     * @param problem why there is none
     */
    private record Looked(
            @Nullable String sha256,
            @Nullable Image seen,
            @Nullable String problem) {
        static final Looked NOT = new Looked(null, null, null);
    }

    private final SearchClip clip;
    private final PictureScan scan;
    private final Pace pace;
    private final IndexWriter writer;
    private final KnownContents contents;
    private final Map<String, IndexedPicture> before;
    private final Set<String> contentsBefore = new HashSet<>();
    private final List<Waiting> waiting = new ArrayList<>();
    private final List<Problem> problems;
    private int added;
    private int changed;
    private int unchanged;
    private int reused;
    private int dropped;
    private int unreadable;
    private int uncommitted;
    private long committed = System.nanoTime();

    private Indexing(SearchClip clip, PictureScan scan, Pace pace, IndexWriter writer, KnownContents contents)
            throws IOException {
        this.clip = clip;
        this.scan = scan;
        this.pace = pace;
        this.writer = writer;
        this.contents = contents;
        before = contents.pictures();
        before.values().forEach(picture -> contentsBefore.add(picture.sha256()));
        problems = new ArrayList<>(scan.problems());
    }

    /**
     * Updates the index in {@code folder}, or makes it.
     *
     * @param done is told how many files are seen to; throws CancellationException to stop, which keeps what is done
     * @throws IOException if the index is another's, in one line; or cannot be written
     */
    public static IndexingSummary run(SearchClip clip, PictureScan scan, Path folder, Pace pace, LongConsumer done)
            throws IOException {
        int width = clip.model().clip().config().width();
        if (width > MOST_WIDTH) {
            throw new IOException(clip.name() + ": expected a CLIP whose embeddings are at most " + MOST_WIDTH
                    + " wide, got " + width + "; Lucene indexes no wider ones");
        }
        boolean whole = false;
        IndexWriter writer = IndexFolder.writer(folder, Hnsw.STANDARD);
        try {
            IndexingSummary summary;
            try (KnownContents contents = IndexFolder.sound(folder, () -> new KnownContents(writer))) {
                Indexing indexing = IndexFolder.sound(folder, () -> new Indexing(clip, scan, pace, writer, contents));
                indexing.mark(folder);
                summary = indexing.all(done);
            }
            writer.close();
            whole = true;
            return summary;
        } catch (IOException | AlreadyClosedException e) {
            throw named(folder, e);
        } finally {
            if (!whole) IndexFolder.abandon(writer); // to the last commit
            writer.getDirectory().close();
        }
    }

    /** Lucene's own words, such as "No space left on device", do not say where; it closes the writer that met them. */
    private static IOException named(Path folder, Exception e) {
        Throwable cause = e instanceof AlreadyClosedException && e.getCause() != null ? e.getCause() : e;
        IOException failure = cause instanceof IOException io ? io : new IOException(cause.getMessage(), cause);
        boolean names = String.valueOf(failure.getMessage()).contains(": expected ");
        return names ? failure : UnfinishedFile.refused(folder, failure);
    }

    /** Refuses the index of another CLIP or folder. */
    private void mark(Path folder) throws IOException {
        Iterable<Map.Entry<String, String>> data = writer.getLiveCommitData();
        if (data != null && data.iterator().hasNext()) {
            IndexMark theirs = IndexMark.of(folder, data);
            theirs.expect(folder, clip);
            expectFolder(folder, theirs.root());
        }
        mark(false);
        commit();
    }

    private void mark(boolean finished) {
        IndexMark mark =
                new IndexMark(clip.name(), clip.fingerprint(), scan.root().toString(), finished);
        writer.setLiveCommitData(mark.data().entrySet());
    }

    /** A folder that was moved is known by what lies in it. */
    private void expectFolder(Path index, String root) throws IOException {
        if (scan.pictures().isEmpty() && !before.isEmpty()) {
            throw new IOException(scan.root() + ": expected pictures, found none, but " + index + " has "
                    + before.size() + "; check that it is the right folder, or delete the index");
        }
        if (root.equals(scan.root().toString())) return;
        boolean moved =
                !Files.exists(Path.of(root)) && scan.pictures().stream().anyMatch(found -> known(found) != null);
        if (moved) return;
        throw new IOException(index + ": expected the folder whose pictures it has, " + root + ", got " + scan.root()
                + "; index that one into another folder");
    }

    private @Nullable IndexedPicture known(FoundPicture found) {
        IndexedPicture picture = before.get(found.path());
        return picture != null && picture.unchanged(found) ? picture : null;
    }

    private IndexingSummary all(LongConsumer done) throws IOException {
        List<FoundPicture> all = scan.pictures();
        try (ReadAhead<Looked> looked = ReadAhead.pictures(all.size(), i -> looked(all.get((int) i)))) {
            for (int i = 0; i < all.size(); i++) {
                take(all.get(i), looked.at(i));
                if (waiting.size() >= pace.batch()) embed();
                boolean due = System.nanoTime() - committed >= pace.most().toNanos();
                if (uncommitted >= pace.files() || uncommitted > 0 && due) commit();
                done.accept(i + 1L);
            }
            embed();
        } catch (CancellationException e) {
            commit();
            throw new CancellationException("stopped; " + (added + changed) + " pictures more are in the index,"
                    + " and the same command goes on");
        }
        drop();
        mark(true);
        commit();
        return new IndexingSummary(added, changed, unchanged, reused, dropped, unreadable, List.copyOf(problems));
    }

    /** Changes nothing: several threads do so at once. */
    private Looked looked(FoundPicture found) {
        IndexedPicture same = known(found);
        if (same != null && !again(same)) return Looked.NOT;
        byte[] bytes;
        try {
            PictureFile.expectBytes(found.path(), found.size());
            bytes = Files.readAllBytes(found.file());
        } catch (IOException e) {
            return new Looked(
                    null, null, "cannot be read (" + e.getClass().getSimpleName() + ": " + e.getMessage() + ")");
        }
        String sha256 = Digest.sha256().with(bytes).hex();
        if (contentsBefore.contains(sha256) && !pace.retry()) return new Looked(sha256, null, null);
        try {
            // cut to what the tower sees at once: a batch of photographs would fill the memory
            return new Looked(sha256, clip.model().preprocessing().crop(PictureFile.decode(bytes, found.path())), null);
        } catch (IOException | RuntimeException e) {
            String message = String.valueOf(e.getMessage());
            String prefix = found.path() + ": ";
            return new Looked(sha256, null, message.startsWith(prefix) ? message.substring(prefix.length()) : message);
        }
    }

    private void take(FoundPicture found, Looked looked) throws IOException {
        String sha256 = looked.sha256;
        if (sha256 == null) {
            // not remembered: permissions change without the file
            if (looked.problem != null) problem(found.path(), looked.problem);
            else if (failedBefore(found)) unreadable++;
            else unchanged++;
            return;
        }
        IndexedPicture old = before.get(found.path());
        boolean touched = old != null && old.problem() == null && old.sha256().equals(sha256);
        KnownContents.Content content = contents.find(sha256);
        if (content != null && !again(content.picture())) {
            write(content.picture().as(found), content.vector());
            if (content.picture().problem() != null)
                problem(found.path(), content.picture().problem());
            else if (touched) unchanged++;
            else count(old != null);
            if (content.vector() != null && !touched) reused++;
            return;
        }
        if (looked.seen != null) waiting.add(new Waiting(picture(found, sha256, null), looked.seen, old != null));
        else {
            write(picture(found, sha256, looked.problem), null);
            problem(found.path(), looked.problem);
        }
    }

    private boolean failedBefore(FoundPicture found) {
        IndexedPicture same = known(found);
        return same != null && same.problem() != null;
    }

    private boolean again(IndexedPicture picture) {
        return pace.retry() && picture.problem() != null;
    }

    private static IndexedPicture picture(FoundPicture found, String sha256, @Nullable String problem) {
        return new IndexedPicture(found.path(), found.size(), found.modified(), sha256, problem);
    }

    private void problem(String path, @Nullable String reason) {
        unreadable++;
        problems.add(new Problem(path, Objects.requireNonNullElse(reason, "is no picture")));
    }

    private void count(boolean known) {
        if (known) changed++;
        else added++;
    }

    private void embed() throws IOException {
        if (waiting.isEmpty()) return;
        float[][] vectors =
                clip.embedCropped(waiting.stream().map(Waiting::seen).toList());
        for (int i = 0; i < vectors.length; i++) {
            write(waiting.get(i).picture(), vectors[i]);
            count(waiting.get(i).changed());
        }
        waiting.clear();
    }

    private void write(IndexedPicture picture, float @Nullable [] vector) throws IOException {
        writer.updateDocument(IndexedPicture.at(picture.path()), picture.document(vector));
        uncommitted++;
    }

    private void drop() throws IOException {
        Set<String> there = new HashSet<>();
        for (FoundPicture found : scan.pictures()) there.add(found.path());
        for (String path : before.keySet()) {
            if (there.contains(path) || scan.blindTo(path)) continue;
            writer.deleteDocuments(IndexedPicture.at(path));
            dropped++;
        }
    }

    private void commit() throws IOException {
        writer.commit();
        contents.refresh(writer);
        uncommitted = 0;
        committed = System.nanoTime();
    }
}
