package org.zeuxis.app.search;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.util.Bits;
import org.jspecify.annotations.Nullable;

/** What an index that is being written has already: files by their paths, vectors by their contents. */
final class KnownContents implements AutoCloseable {
    /** A picture of the index, and its vector unless it has a problem. */
    record Content(IndexedPicture picture, float @Nullable [] vector) {}

    private DirectoryReader reader;

    /** As {@code writer} has it now. */
    KnownContents(IndexWriter writer) throws IOException {
        reader = DirectoryReader.open(writer);
    }

    /** Every file of the index by its path. */
    Map<String, IndexedPicture> pictures() throws IOException {
        Map<String, IndexedPicture> all = new HashMap<>();
        for (LeafReaderContext leaf : reader.leaves()) {
            Bits live = leaf.reader().getLiveDocs();
            StoredFields fields = leaf.reader().storedFields();
            for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
                if (live != null && !live.get(doc)) continue;
                IndexedPicture picture = IndexedPicture.of(fields.document(doc));
                all.put(picture.path(), picture);
            }
        }
        return all;
    }

    /** Takes in what was written since. */
    void refresh(IndexWriter writer) throws IOException {
        DirectoryReader changed = DirectoryReader.openIfChanged(reader, writer);
        if (changed == null) return;
        reader.close();
        reader = changed;
    }

    /** Any picture of this content, one that is dropped but not yet purged too; null if none is known. */
    @Nullable
    Content find(String sha256) throws IOException {
        for (LeafReaderContext context : reader.leaves()) {
            LeafReader leaf = context.reader();
            PostingsEnum docs = leaf.postings(IndexedPicture.withContent(sha256), PostingsEnum.NONE);
            int doc = docs == null ? DocIdSetIterator.NO_MORE_DOCS : docs.nextDoc();
            if (doc == DocIdSetIterator.NO_MORE_DOCS) continue;
            IndexedPicture picture = IndexedPicture.of(leaf.storedFields().document(doc));
            if (picture.problem() != null) return new Content(picture, null);
            FloatVectorValues vectors = leaf.getFloatVectorValues(IndexedPicture.VECTOR);
            if (vectors == null || vectors.advance(doc) != doc) continue;
            return new Content(picture, vectors.vectorValue().clone());
        }
        return null;
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
