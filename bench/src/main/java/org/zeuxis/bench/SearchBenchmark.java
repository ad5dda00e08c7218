package org.zeuxis.bench;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.StoredFields;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.util.VectorUtil;
import org.zeuxis.app.search.Hnsw;
import org.zeuxis.app.search.IndexFolder;
import org.zeuxis.app.search.IndexedPicture;
import org.zeuxis.app.search.Indexing;
import org.zeuxis.app.search.PictureSearch;

/**
 * How often the index finds the true ten nearest, and how fast, beside looking at every vector: clustered vectors of
 * width 512, committed as {@code zeuxis search index} commits them, one thread, the same dot product for both.
 *
 * <pre>{@code
 * mvn -q -B -pl bench -am package -DskipTests
 * java -Xmx2g -cp bench/target/zeuxis-bench-0.1.0-SNAPSHOT.jar org.zeuxis.bench.SearchBenchmark 100000
 * }</pre>
 *
 * <p>Arguments: vectors, queries (200), M, efConstruction. The row to read is the one of {@link Hnsw#STANDARD}'s ef.
 */
public final class SearchBenchmark {
    private static final int WIDTH = 512;
    private static final int NEAREST = 10;
    private static final int IN_A_CLUSTER = 100;
    private static final double SPREAD = 0.8;
    private static final List<Integer> EFS = List.of(10, 32, 64, 128, 256, 512);
    private static final long MEASURED_NANOS = 3_000_000_000L;

    private final PrintStream out;
    private final float[][] vectors; // [vectors][width], each of length 1
    private final float[][] queries; // [queries][width], each of length 1
    private final Hnsw hnsw;

    private SearchBenchmark(PrintStream out, int vectors, int queries, Hnsw hnsw) {
        this.out = out;
        this.hnsw = hnsw;
        Random random = new Random(1);
        float[][] centres = new float[Math.max(1, vectors / IN_A_CLUSTER)][];
        for (int i = 0; i < centres.length; i++) centres[i] = normal(random);
        this.vectors = draw(vectors, centres, random);
        this.queries = draw(queries, centres, random);
    }

    /** Runs it; see the class for the arguments. */
    public static void main(String[] arguments) throws IOException {
        int[] n = Arrays.stream(arguments).mapToInt(Integer::parseInt).toArray();
        int vectors = n.length > 0 ? n[0] : 100_000;
        int queries = n.length > 1 ? n[1] : 200;
        Hnsw hnsw = n.length > 3 ? new Hnsw(n[2], n[3], Hnsw.STANDARD.ef()) : Hnsw.STANDARD;
        new SearchBenchmark(System.out, vectors, queries, hnsw).run();
    }

    /** What asks one query for the numbers of its nearest. */
    @FunctionalInterface
    private interface Asking {
        int[] ask(float[] query) throws IOException;
    }

    private void run() throws IOException {
        Path folder = Files.createTempDirectory("zeuxis-search");
        try {
            long began = System.nanoTime();
            index(folder);
            double seconds = (System.nanoTime() - began) / 1e9;
            int[][] truth = new int[queries.length][];
            for (int i = 0; i < queries.length; i++) truth[i] = bruteForce(queries[i]);
            try (DirectoryReader reader = IndexFolder.reader(folder)) {
                line(
                        "%d vectors of %d in %d clusters, %d queries; M %d, efConstruction %d: indexed in %.1f s, %d"
                                + " segments",
                        vectors.length,
                        WIDTH,
                        Math.max(1, vectors.length / IN_A_CLUSTER),
                        queries.length,
                        hnsw.m(),
                        hnsw.efConstruction(),
                        seconds,
                        reader.leaves().size());
                line("%-12s  %9s  %9s", "", "recall@10", "queries/s");
                measure("brute force", truth, this::bruteForce);
                int[] numbers = numbers(reader);
                for (int ef : EFS) {
                    Hnsw asked = new Hnsw(hnsw.m(), hnsw.efConstruction(), ef);
                    measure("HNSW, ef " + ef, truth, query -> {
                        List<ScoreDoc> found = PictureSearch.nearest(reader, query, NEAREST, asked);
                        return found.stream()
                                .mapToInt(each -> numbers[each.doc])
                                .toArray();
                    });
                }
            }
        } finally {
            delete(folder);
        }
    }

    private void index(Path folder) throws IOException {
        try (IndexWriter writer = IndexFolder.writer(folder, hnsw)) {
            for (int i = 0; i < vectors.length; i++) {
                writer.addDocument(new IndexedPicture(Integer.toString(i), 0, 0, "", null).document(vectors[i]));
                if ((i + 1) % Indexing.Pace.STANDARD.files() == 0) writer.commit();
            }
        }
    }

    private static int[] numbers(DirectoryReader reader) throws IOException {
        StoredFields fields = reader.storedFields();
        int[] numbers = new int[reader.maxDoc()];
        for (int doc = 0; doc < numbers.length; doc++) {
            numbers[doc] = Integer.parseInt(fields.document(doc).get("path"));
        }
        return numbers;
    }

    private int[] bruteForce(float[] query) {
        float[] cosines = new float[vectors.length];
        for (int i = 0; i < cosines.length; i++) cosines[i] = VectorUtil.dotProduct(query, vectors[i]);
        PriorityQueue<Integer> best = new PriorityQueue<>(Comparator.comparingDouble(i -> cosines[i]));
        for (int i = 0; i < cosines.length; i++) {
            if (best.size() == NEAREST && cosines[best.element()] >= cosines[i]) continue;
            if (best.size() == NEAREST) best.remove();
            best.add(i);
        }
        return best.stream().mapToInt(Integer::intValue).toArray();
    }

    private void measure(String name, int[][] truth, Asking asking) throws IOException {
        int right = 0;
        for (int i = 0; i < queries.length; i++) { // which also warms up
            Set<Integer> nearest = new HashSet<>();
            for (int number : truth[i]) nearest.add(number);
            for (int number : asking.ask(queries[i])) if (nearest.contains(number)) right++;
        }
        long asked = 0;
        long began = System.nanoTime();
        while (System.nanoTime() - began < MEASURED_NANOS) asking.ask(queries[(int) (asked++ % queries.length)]);
        double perSecond = asked / ((System.nanoTime() - began) / 1e9);
        line("%-12s  %9.4f  %9.1f", name, right / (double) (NEAREST * queries.length), perSecond);
    }

    private void line(String format, Object... values) {
        out.println(String.format(Locale.ROOT, format, values));
    }

    private static float[][] draw(int count, float[][] centres, Random random) {
        float[][] drawn = new float[count][];
        for (int i = 0; i < count; i++) {
            float[] vector = normal(random);
            float[] centre = centres[random.nextInt(centres.length)];
            for (int j = 0; j < WIDTH; j++) vector[j] = (float) (centre[j] + SPREAD * vector[j]);
            drawn[i] = VectorUtil.l2normalize(vector);
        }
        return drawn;
    }

    private static float[] normal(Random random) {
        float[] vector = new float[WIDTH];
        for (int j = 0; j < WIDTH; j++) vector[j] = (float) random.nextGaussian();
        return vector;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
