package org.zeuxis.text;

import java.util.Arrays;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** The name most like another one: edit distance over dotted names, where a differing part costs at most 1. */
public final class NearestName {
    private NearestName() {}

    /** {@code decoder.q.weight; nearest key: decoder.to_q.weight}, or the name alone where nothing is near. */
    public static String hint(String name, Collection<String> candidates) {
        String nearest = of(name, candidates);
        return Words.clean(name) + (nearest == null ? "" : "; nearest key: " + Words.clean(nearest));
    }

    /** The nearest of {@code candidates}, or null where less than half of the parts agree. */
    public static @Nullable String of(String name, Collection<String> candidates) {
        String[] parts = name.split("\\.", -1);
        String nearest = null;
        double least = 0.5 * parts.length + 1e-9;
        for (String candidate : candidates) {
            String[] other = candidate.split("\\.", -1);
            if (Math.abs(parts.length - other.length) > least) continue;
            double distance = distance(parts, other);
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return nearest;
    }

    private static double distance(String[] a, String[] b) {
        double[] above = new double[b.length + 1];
        for (int j = 0; j <= b.length; j++) above[j] = j;
        for (int i = 1; i <= a.length; i++) {
            double[] row = new double[b.length + 1];
            row[0] = i;
            for (int j = 1; j <= b.length; j++) {
                double replaced = above[j - 1] + unlikeness(a[i - 1], b[j - 1]);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length];
    }

    /** Edit distance of two parts as a share of the longer one: 0 for equal, 1 for nothing in common. */
    private static double unlikeness(String a, String b) {
        return a.equals(b) ? 0 : (double) distance(a, b) / Math.max(a.length(), b.length());
    }

    /** How many letters are to be put in, left out or replaced to make {@code b} of {@code a}. */
    public static int distance(String a, String b) {
        int[] above = new int[b.length() + 1];
        Arrays.setAll(above, j -> j);
        for (int i = 1; i <= a.length(); i++) {
            int[] row = new int[b.length() + 1];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = above[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above[j], row[j - 1]) + 1);
            }
            above = row;
        }
        return above[b.length()];
    }
}
