package org.zeuxis.eval.drawbench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.zeuxis.chart.BarChart;

/**
 * A mean with its 95 % interval, of values that come in clusters, such as the answers of a rater: whole clusters are drawn
 * again with replacement.
 *
 * @param low the lower end, up to {@code high}; both are NaN where a single cluster tells nothing of others
 * @see <a href="https://doi.org/10.1201/9780429246593">Efron and Tibshirani</a>: the percentile interval
 */
public record Estimate(double mean, double low, double high) {
    /** How often they are drawn again. */
    public static final int RESAMPLES = 2000;

    private static final double TAIL = 0.025;

    /** @throws IllegalArgumentException if there is no value */
    public static Estimate of(Collection<List<Double>> clusters) {
        List<List<Double>> some =
                clusters.stream().filter(cluster -> !cluster.isEmpty()).toList();
        int n = some.size();
        if (n == 0) throw new IllegalArgumentException("expected values, got none");
        double[] sums = new double[n];
        int[] counts = new int[n];
        for (int i = 0; i < n; i++) {
            for (double value : some.get(i)) sums[i] += value;
            counts[i] = some.get(i).size();
        }
        double mean = Arrays.stream(sums).sum() / Arrays.stream(counts).sum();
        if (n == 1) return new Estimate(mean, Double.NaN, Double.NaN);
        Random random = new Random(0);
        double[] means = new double[RESAMPLES];
        for (int r = 0; r < RESAMPLES; r++) {
            double sum = 0;
            int count = 0;
            for (int i = 0; i < n; i++) {
                int drawn = random.nextInt(n);
                sum += sums[drawn];
                count += counts[drawn];
            }
            means[r] = sum / count;
        }
        Arrays.sort(means);
        int cut = (int) (TAIL * RESAMPLES);
        return new Estimate(mean, means[cut], means[RESAMPLES - 1 - cut]);
    }

    /** As it stands in a chart; without an interval it is its own. */
    BarChart.Bar bar() {
        boolean known = !Double.isNaN(low);
        return new BarChart.Bar(mean, known ? low : mean, known ? high : mean);
    }

    /** As a share, such as {@code 62.5 (58.1 to 66.7)}. */
    public String percent() {
        return words("%.1f", 100);
    }

    /** As it is, such as {@code 0.781 (0.770 to 0.792)}. */
    public String plain() {
        return words("%.3f", 1);
    }

    private String words(String number, double scale) {
        List<Object> numbers = new ArrayList<>(List.of(scale * mean));
        if (Double.isNaN(low)) return String.format(Locale.ROOT, number, numbers.toArray());
        numbers.addAll(List.of(scale * low, scale * high));
        return String.format(Locale.ROOT, number + " (" + number + " to " + number + ")", numbers.toArray());
    }
}
