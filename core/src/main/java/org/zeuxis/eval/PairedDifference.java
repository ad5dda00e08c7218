package org.zeuxis.eval;

import java.util.List;
import java.util.Locale;

/**
 * How much better one way of judging does than another on the same pictures, with how far that can be trusted.
 *
 * @param both pictures that both have right
 * @param first that only the first has right
 * @param second that only the second has right
 * @param neither that both have wrong
 * @see <a href="https://doi.org/10.1007/BF02295996">McNemar's test</a>; the interval is method 10 of Newcombe (1998),
 *     "Improved confidence intervals for the difference between binomial proportions based on paired data", Statistics
 *     in Medicine 17: Wilson's intervals of the two shares, joined with regard to how they go together
 */
public record PairedDifference(long both, long first, long second, long neither) {

    public PairedDifference {
        if (Math.min(Math.min(both, first), Math.min(second, neither)) < 0 || both + first + second + neither < 1) {
            throw new IllegalArgumentException("expected counts of at least 0, at least 1 in all, got " + both + ", "
                    + first + ", " + second + ", " + neither);
        }
    }

    /**
     * Compares the shares of pictures whose label is named first.
     *
     * @throws IllegalArgumentException if they are not of the same pictures
     */
    public static PairedDifference of(ZeroShotAccuracy first, ZeroShotAccuracy second) {
        List<Integer> ranks = first.ranks();
        List<Integer> others = second.ranks();
        if (!first.truths().equals(second.truths())) {
            throw new IllegalArgumentException("expected the same pictures and labels twice, got " + ranks.size()
                    + " and " + others.size() + " that differ");
        }
        long[] counts = new long[4];
        for (int i = 0; i < ranks.size(); i++) {
            counts[(ranks.get(i) == 0 ? 0 : 2) + (others.get(i) == 0 ? 0 : 1)]++;
        }
        return new PairedDifference(counts[0], counts[1], counts[2], counts[3]);
    }

    /** The first share minus the second, -1 to 1. */
    public double difference() {
        return (first - second) / (double) pictures();
    }

    /** The lower end of the 95 % interval. */
    public double low() {
        Proportion p = new Proportion(both + first, pictures());
        Proportion q = new Proportion(both + second, pictures());
        return difference() - joined(p.rate() - p.low(), q.high() - q.rate());
    }

    /** The upper end of the 95 % interval. */
    public double high() {
        Proportion p = new Proportion(both + first, pictures());
        Proportion q = new Proportion(both + second, pictures());
        return difference() + joined(p.high() - p.rate(), q.rate() - q.low());
    }

    /** McNemar's exact p: how often chance alone would part the two at least as far, on the pictures they differ in. */
    public double p() {
        long n = first + second;
        long fewer = Math.min(first, second);
        double tail = 0;
        double logChoose = 0;
        for (long k = 0; k <= fewer; k++) {
            tail += Math.exp(logChoose - n * Math.log(2));
            logChoose += Math.log((double) n - k) - Math.log(k + 1.0);
        }
        return Math.min(1, 2 * tail);
    }

    private long pictures() {
        return both + first + second + neither;
    }

    private double joined(double a, double b) {
        return Math.sqrt(Math.max(0, a * a - 2 * phi() * a * b + b * b));
    }

    /** The correlation of the two, corrected for continuity where it is positive. */
    private double phi() {
        double margins = Math.sqrt((double) (both + first) * (second + neither))
                * Math.sqrt((double) (both + second) * (first + neither));
        double product = (double) both * neither - (double) first * second;
        if (margins == 0) return 0;
        return (product > 0 ? Math.max(0, product - pictures() / 2.0) : product) / margins;
    }

    /** Such as {@code +3.2 points (+1.1 to +5.3; McNemar's p 0.003)}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "%+.1f points (%+.1f to %+.1f; McNemar's p %s)",
                100 * difference(),
                100 * low(),
                100 * high(),
                p() < 0.0005 ? "< 0.001" : String.format(Locale.ROOT, "%.3f", p()));
    }
}
