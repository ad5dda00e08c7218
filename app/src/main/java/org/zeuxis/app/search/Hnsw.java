package org.zeuxis.app.search;

import org.apache.lucene.codecs.Codec;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene912.Lucene912Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;

/**
 * How the graph over the vectors is built and searched. An index can be read whatever it was built with.
 *
 * @param m neighbours of a vector in the graph
 * @param efConstruction vectors looked at to find a new one's neighbours
 * @param ef vectors that a query looks at, at least, before it gives the best of them
 * @see <a href="https://arxiv.org/abs/1603.09320">HNSW</a>, Algorithms 1 and 5
 */
public record Hnsw(int m, int efConstruction, int ef) {
    /** Finds all of the ten nearest among 5,000 vectors; {@code SearchBenchmark} was not yet run with 100,000. */
    public static final Hnsw STANDARD = new Hnsw(16, 128, 128);

    /** @throws IllegalArgumentException if one is under 1 or more than Lucene takes */
    public Hnsw {
        if (m < 2 || m > 512 || efConstruction < 1 || efConstruction > 3200 || ef < 1) {
            throw new IllegalArgumentException(
                    "expected M of 2 to 512, efConstruction of 1 to 3200 and ef of at least 1" + ", got " + m + ", "
                            + efConstruction + ", " + ef);
        }
    }

    Codec codec() {
        KnnVectorsFormat format = new Lucene99HnswVectorsFormat(m, efConstruction);
        return new Lucene912Codec() {
            @Override
            public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                return format;
            }
        };
    }
}
