package org.zeuxis.app.search;

import java.io.IOException;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.IndexableField;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.jspecify.annotations.Nullable;

/**
 * A file as the index knows it.
 *
 * @param path below the indexed folder, with slashes
 * @param size in bytes
 * @param modified milliseconds since 1970
 * @param sha256 of its content
 * @param problem why it is no picture; null if it is one
 */
public record IndexedPicture(
        String path,
        long size,
        long modified,
        String sha256,
        @Nullable String problem) {
    static final String VECTOR = "vector";
    private static final String PATH = "path";
    private static final String SIZE = "size";
    private static final String MODIFIED = "modified";
    private static final String SHA256 = "sha256";
    private static final String PROBLEM = "problem";

    /** Finds the file of this path. */
    static Term at(String path) {
        return new Term(PATH, path);
    }

    /** Finds the files of this content. */
    static Term withContent(String sha256) {
        return new Term(SHA256, sha256);
    }

    /** Of a content known by now, at another place or time. */
    IndexedPicture as(FoundPicture found) {
        return new IndexedPicture(found.path(), found.size(), found.modified(), sha256, problem);
    }

    boolean unchanged(FoundPicture found) {
        return size == found.size() && modified == found.modified();
    }

    /** @param vector of length 1; null if there is a problem */
    public Document document(float @Nullable [] vector) {
        Document document = new Document();
        document.add(new StringField(PATH, path, Field.Store.YES));
        document.add(new StoredField(SIZE, size));
        document.add(new StoredField(MODIFIED, modified));
        document.add(new StringField(SHA256, sha256, Field.Store.YES));
        if (problem != null) document.add(new StoredField(PROBLEM, problem));
        if (vector != null) {
            document.add(new KnnFloatVectorField(VECTOR, vector, VectorSimilarityFunction.DOT_PRODUCT));
        }
        return document;
    }

    static IndexedPicture of(Document document) throws IOException {
        return new IndexedPicture(
                text(document, PATH),
                number(document, SIZE),
                number(document, MODIFIED),
                text(document, SHA256),
                document.get(PROBLEM));
    }

    private static String text(Document document, String field) throws IOException {
        String text = document.get(field);
        if (text == null) throw new IOException("expected the field " + field + " in the index; make it anew");
        return text;
    }

    private static long number(Document document, String field) throws IOException {
        IndexableField stored = document.getField(field);
        Number number = stored == null ? null : stored.numericValue();
        if (number == null) throw new IOException("expected the field " + field + " in the index; make it anew");
        return number.longValue();
    }
}
