package org.zeuxis.eval;

import java.util.Locale;
import org.zeuxis.chart.BarChart;

/**
 * A share that was counted, with how far the count can be trusted.
 *
 * @param hits 0 to {@code of}
 * @param of how many were counted, at least 1
 * @see <a href="https://doi.org/10.1080/01621459.1927.10502953">Wilson's score interval</a>
 */
public record Proportion(long hits, long of) {
    private static final double Z = 1.959963984540054; // 95 %

    public Proportion {
        if (of < 1 || hits < 0 || hits > of) {
            throw new IllegalArgumentException("expected 0 to " + of + " of at least 1, got " + hits + " of " + of);
        }
    }

    public double rate() {
        return hits / (double) of;
    }

    /** The lower end of the 95 % interval. */
    public double low() {
        return center() - margin();
    }

    /** The upper end of the 95 % interval. */
    public double high() {
        return center() + margin();
    }

    /** As it stands in a chart. */
    public BarChart.Bar bar() {
        return new BarChart.Bar(rate(), low(), high());
    }

    private double center() {
        return (rate() + Z * Z / (2 * of)) / (1 + Z * Z / of);
    }

    private double margin() {
        return Z / (1 + Z * Z / of) * Math.sqrt(rate() * (1 - rate()) / of + Z * Z / (4.0 * of * of));
    }

    /** Such as {@code 62.5 % (58.1 to 66.7; 300 of 480)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "%.1f %% (%.1f to %.1f; %d of %d)", 100 * rate(), 100 * low(), 100 * high(), hits, of);
    }
}
