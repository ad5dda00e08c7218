package org.zeuxis.eval.drawbench;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * How far raters agree beyond chance, where answers have no order and some may be missing: 1 is always, 0 as by chance.
 *
 * @see <a href="https://repository.upenn.edu/handle/20.500.14332/2089">Computing Krippendorff's alpha-reliability</a>,
 *     section C
 */
final class KrippendorffAlpha {
    private KrippendorffAlpha() {}

    /**
     * @param units for each thing that was judged its answers, each a number from 0
     * @return NaN if nothing was judged twice, or all answers are the same
     */
    static double nominal(Collection<List<Integer>> units) {
        int values =
                1 + units.stream().flatMap(List::stream).mapToInt(x -> x).max().orElse(0);
        double[] totals = new double[values];
        double apart = 0; // pairs of one unit that differ
        for (List<Integer> unit : units) {
            int m = unit.size();
            if (m < 2) continue; // nobody else judged it
            int[] counts = new int[values];
            for (int value : unit) counts[value]++;
            for (int count : counts) apart += count * (double) (m - count) / (m - 1);
            for (int c = 0; c < values; c++) totals[c] += counts[c];
        }
        double n = Arrays.stream(totals).sum();
        double expected =
                Arrays.stream(totals).map(total -> total * (n - total)).sum();
        return expected == 0 ? Double.NaN : 1 - (n - 1) * apart / expected;
    }
}
