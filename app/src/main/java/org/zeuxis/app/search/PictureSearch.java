package org.zeuxis.app.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FieldInfo;
import org.apache.lucene.index.FieldInfos;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.ScoreDoc;

/** Finds the pictures of an index that are nearest to a text or a picture, as of the moment it was opened. */
public final class PictureSearch implements AutoCloseable {
    /** @param cosine of the picture and what was asked for, −1 to 1 */
    public record Hit(IndexedPicture picture, double cosine) {}

    private final Path index;
    private final DirectoryReader reader;
    private final IndexMark mark;
    private final Hnsw hnsw;

    private PictureSearch(Path index, DirectoryReader reader, IndexMark mark, Hnsw hnsw) {
        this.index = index;
        this.reader = reader;
        this.mark = mark;
        this.hnsw = hnsw;
    }

    /** @throws IOException if there is no index that can be read, in one line */
    public static PictureSearch open(Path index) throws IOException {
        DirectoryReader reader = IndexFolder.reader(index);
        try {
            IndexMark mark = IndexFolder.sound(
                    index,
                    () -> IndexMark.of(
                            index, reader.getIndexCommit().getUserData().entrySet()));
            return new PictureSearch(index, reader, mark, Hnsw.STANDARD);
        } catch (IOException e) {
            reader.close();
            throw e;
        }
    }

    /** The CLIP that made it, and the folder of its pictures. */
    public IndexMark mark() {
        return mark;
    }

    /** Files in it, unreadable ones among them. */
    public int size() {
        return reader.numDocs();
    }

    /** How many of them can be found, as they were read. */
    public long vectors() throws IOException {
        long all = 0;
        for (LeafReaderContext leaf : reader.leaves()) {
            FloatVectorValues values = leaf.reader().getFloatVectorValues(IndexedPicture.VECTOR);
            if (values != null) all += values.size();
        }
        return all;
    }

    /**
     * The best first.
     *
     * @param vector of length 1: [width]
     * @throws IllegalArgumentException if its width is not that of the index
     */
    public List<Hit> nearest(float[] vector, int count) throws IOException {
        expectWidth(reader, vector);
        return IndexFolder.sound(index, () -> {
            StoredFields fields = reader.storedFields();
            List<Hit> hits = new ArrayList<>();
            for (ScoreDoc found : nearest(reader, vector, count, hnsw)) {
                hits.add(new Hit(IndexedPicture.of(fields.document(found.doc)), cosine(found)));
            }
            return hits;
        });
    }

    private static void expectWidth(DirectoryReader reader, float[] vector) {
        FieldInfo info = FieldInfos.getMergedFieldInfos(reader).fieldInfo(IndexedPicture.VECTOR);
        if (info == null || info.getVectorDimension() == vector.length) return;
        throw new IllegalArgumentException(
                "expected a vector of " + info.getVectorDimension() + ", as those of the index, got " + vector.length);
    }

    /** The nearest documents of any reader, the best first: more are looked at than asked for, as the graph may miss some. */
    public static List<ScoreDoc> nearest(DirectoryReader reader, float[] vector, int count, Hnsw hnsw)
            throws IOException {
        FieldInfo info = FieldInfos.getMergedFieldInfos(reader).fieldInfo(IndexedPicture.VECTOR);
        if (info == null || count < 1) return List.of();
        expectWidth(reader, vector);
        int wanted = Math.min(count, reader.maxDoc());
        int candidates = Math.min(Math.max(wanted, hnsw.ef()), reader.maxDoc());
        IndexSearcher searcher = new IndexSearcher(reader);
        return List.of(
                searcher.search(new KnnFloatVectorQuery(IndexedPicture.VECTOR, vector, candidates), wanted).scoreDocs);
    }

    /** Lucene's score of a dot product is (1 + cosine) / 2. */
    static double cosine(ScoreDoc found) {
        return 2 * (double) found.score - 1;
    }

    /** Where it lies. */
    Path index() {
        return index;
    }

    DirectoryReader reader() {
        return reader;
    }

    List<ScoreDoc> nearestDocuments(float[] vector, int count) throws IOException {
        return nearest(reader, vector, count, hnsw);
    }

    @Override
    public void close() throws IOException {
        reader.close();
        reader.directory().close();
    }
}
