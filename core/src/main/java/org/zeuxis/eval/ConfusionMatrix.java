package org.zeuxis.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.zeuxis.chart.HeatMap;
import org.zeuxis.chart.HeatMap.Axis;
import org.zeuxis.chart.HeatMap.Cell;
import org.zeuxis.chart.HeatMap.Legend;
import org.zeuxis.chart.HeatMapHead;
import org.zeuxis.image.Image;

/** What the pictures of each label are taken for, of all labels or of those most often confused. */
public final class ConfusionMatrix {
    private static final int FEW = 15;
    private static final int LARGE_CELL = 34;
    private static final int SMALL_CELL = 22;

    private final List<String> labels;
    private final long[][] counts; // [labels, labels and all others]
    private final int of;

    private record Pair(int a, int b, long confusions, long mistakes) {}

    private ConfusionMatrix(List<String> labels, long[][] counts, int of) {
        this.labels = labels;
        this.counts = counts;
        this.of = of;
    }

    /**
     * Counts them. If there are more labels than {@code most}, those of the pairs that are most often taken for one
     * another are chosen, the two of a pair beside each other.
     *
     * @param most labels to be shown, at least 2
     */
    public static ConfusionMatrix of(ZeroShotAccuracy accuracy, int most) {
        if (most < 2) throw new IllegalArgumentException("expected at least 2 labels to be shown, got " + most);
        long[][] all = accuracy.confusion();
        int[] chosen = all.length <= most ? IntStream.range(0, all.length).toArray() : mostConfused(all, most);
        long[][] counts = new long[chosen.length][chosen.length + 1];
        for (int i = 0; i < chosen.length; i++) {
            counts[i][chosen.length] = total(all[chosen[i]]);
            for (int j = 0; j < chosen.length; j++) {
                counts[i][j] = all[chosen[i]][chosen[j]];
                counts[i][chosen.length] -= counts[i][j];
            }
        }
        List<String> labels =
                IntStream.of(chosen).mapToObj(accuracy.labels()::get).toList();
        return new ConfusionMatrix(labels, counts, all.length);
    }

    private static int[] mostConfused(long[][] all, int most) {
        long[] mistakes = new long[all.length];
        List<Pair> pairs = new ArrayList<>();
        for (int a = 0; a < all.length; a++) {
            for (int b = 0; b < all.length; b++) {
                if (a == b) continue;
                mistakes[a] += all[a][b];
                mistakes[b] += all[a][b];
            }
        }
        for (int a = 0; a < all.length; a++) {
            for (int b = a + 1; b < all.length; b++) {
                long confusions = all[a][b] + all[b][a];
                if (confusions > 0) pairs.add(new Pair(a, b, confusions, mistakes[a] + mistakes[b]));
            }
        }
        pairs.sort(Comparator.comparingLong(Pair::confusions)
                .thenComparingLong(Pair::mistakes)
                .reversed());
        Stream<Integer> confused = pairs.stream().flatMap(pair -> Stream.of(pair.a, pair.b));
        Set<Integer> chosen = new LinkedHashSet<>(confused.toList());
        for (int label = 0; label < all.length; label++) chosen.add(label);
        return chosen.stream().limit(most).mapToInt(Integer::intValue).toArray();
    }

    /** Those shown, in the order of rows and columns. */
    public List<String> labels() {
        return labels;
    }

    /** How many pictures of the label of a row are given the label of a column first. */
    public long count(int row, int column) {
        return counts[row][column];
    }

    /** How many pictures of the label of a row are given a label that is not shown. */
    public long elsewhere(int row) {
        return counts[row][labels.size()];
    }

    /** As a picture: rows are truths, columns predictions, and the darker a cell, the larger its share of the row. */
    public Image draw() {
        boolean some = labels.size() < of;
        List<String> names = new ArrayList<>();
        List<List<Cell>> cells = new ArrayList<>();
        for (int row = 0; row < labels.size(); row++) {
            long[] own = counts[row];
            long pictures = total(own);
            names.add(labels.get(row) + " (" + pictures + ")");
            cells.add(IntStream.range(0, labels.size() + (some ? 1 : 0))
                    .mapToObj(j -> cell(own[j], pictures))
                    .toList());
        }
        List<String> predictions =
                some ? Stream.concat(labels.stream(), Stream.of("any other")).toList() : labels;
        long right =
                IntStream.range(0, labels.size()).mapToLong(i -> counts[i][i]).sum();
        long pictures = Stream.of(counts).mapToLong(ConfusionMatrix::total).sum();
        String subtitle = String.format(
                Locale.ROOT,
                "%s; %d of %d pictures right",
                some ? "the " + labels.size() + " most confused of " + of + " labels" : of + " labels",
                right,
                pictures);
        return new HeatMap(
                        "What each label is taken for",
                        subtitle,
                        new Axis("truth (pictures)", names),
                        new HeatMapHead.Names("prediction", predictions),
                        cells,
                        new Legend("share of the row's pictures; numbers are pictures", "0 %", "100 %"),
                        labels.size() <= FEW ? LARGE_CELL : SMALL_CELL)
                .draw();
    }

    private static Cell cell(long count, long pictures) {
        return count == 0 ? new Cell(0, "") : new Cell(count / (double) pictures, Long.toString(count));
    }

    private static long total(long[] row) {
        return LongStream.of(row).sum();
    }
}
