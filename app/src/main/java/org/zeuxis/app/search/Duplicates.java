package org.zeuxis.app.search;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import org.apache.lucene.index.FloatVectorValues;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.Bits;

/**
 * Pictures that an index has more than once.
 *
 * @param exact paths of equal content, in groups
 * @param near groups of different contents that look alike
 */
public record Duplicates(List<List<String>> exact, List<Near> near) {
    private static final int NEIGHBOURS = 32;

    /**
     * Pictures that are alike, each like another of them, if not like all.
     *
     * @param cosine the lowest of those that make the group one
     */
    public record Near(double cosine, List<String> paths) {}

    /** A content with its paths, and the group it belongs to. */
    private static final class Content {
        private final List<String> paths = new ArrayList<>();
        private Content parent = this;
        private double cosine = 1;

        private Content root() {
            Content at = this;
            while (at.parent != at) {
                at.parent = at.parent.parent;
                at = at.parent;
            }
            return at;
        }

        private void join(Content other, double how) {
            Content mine = root();
            Content theirs = other.root();
            if (mine == theirs) return;
            theirs.parent = mine;
            mine.cosine = Math.min(how, Math.min(mine.cosine, theirs.cosine));
        }
    }

    /**
     * Looks for them with the neighbours of every picture, so that a group beyond {@value NEIGHBOURS} may come apart.
     *
     * @param above the cosine from which two pictures are alike
     * @param done is told how many pictures are seen to
     */
    public static Duplicates of(PictureSearch index, double above, LongConsumer done) throws IOException {
        return IndexFolder.sound(index.index(), () -> sought(index, above, done));
    }

    private static Duplicates sought(PictureSearch index, double above, LongConsumer done) throws IOException {
        Map<String, Content> bySha = new LinkedHashMap<>();
        Map<Integer, Content> byDocument = new HashMap<>();
        collect(index, bySha, byDocument);
        long seen = 0;
        for (LeafReaderContext leaf : index.reader().leaves()) {
            FloatVectorValues vectors = leaf.reader().getFloatVectorValues(IndexedPicture.VECTOR);
            if (vectors == null) continue;
            for (int doc = vectors.nextDoc(); doc != DocIdSetIterator.NO_MORE_DOCS; doc = vectors.nextDoc()) {
                Content mine = byDocument.get(leaf.docBase + doc);
                if (mine == null) continue;
                float[] vector = vectors.vectorValue().clone();
                for (ScoreDoc found : index.nearestDocuments(vector, NEIGHBOURS)) {
                    Content other = byDocument.get(found.doc);
                    double cosine = PictureSearch.cosine(found);
                    if (other != null && other != mine && cosine >= above) mine.join(other, cosine);
                }
                done.accept(++seen);
            }
        }
        return new Duplicates(exact(bySha), near(bySha));
    }

    private static void collect(PictureSearch index, Map<String, Content> bySha, Map<Integer, Content> byDocument)
            throws IOException {
        for (LeafReaderContext leaf : index.reader().leaves()) {
            Bits live = leaf.reader().getLiveDocs();
            StoredFields fields = leaf.reader().storedFields();
            for (int doc = 0; doc < leaf.reader().maxDoc(); doc++) {
                if (live != null && !live.get(doc)) continue;
                IndexedPicture picture = IndexedPicture.of(fields.document(doc));
                if (picture.problem() != null) continue;
                Content content = bySha.computeIfAbsent(picture.sha256(), sha -> new Content());
                content.paths.add(picture.path());
                byDocument.put(leaf.docBase + doc, content);
            }
        }
    }

    private static List<List<String>> exact(Map<String, Content> bySha) {
        return bySha.values().stream()
                .filter(content -> content.paths.size() > 1)
                .map(content -> content.paths.stream().sorted().toList())
                .sorted(Comparator.comparing(paths -> paths.get(0)))
                .toList();
    }

    private static List<Near> near(Map<String, Content> bySha) {
        Map<Content, List<Content>> groups = new LinkedHashMap<>();
        for (Content content : bySha.values()) {
            groups.computeIfAbsent(content.root(), root -> new ArrayList<>()).add(content);
        }
        List<Near> near = new ArrayList<>();
        groups.forEach((root, members) -> {
            if (members.size() < 2) return;
            List<String> paths = members.stream()
                    .flatMap(member -> member.paths.stream())
                    .sorted()
                    .toList();
            near.add(new Near(root.cosine, paths));
        });
        near.sort(Comparator.comparingDouble(Near::cosine)
                .reversed()
                .thenComparing(group -> group.paths().get(0)));
        return List.copyOf(near);
    }
}
