package org.zeuxis.eval;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * Finds the minimum of a smooth function by limited-memory BFGS: the last steps, and how the gradient changed over
 * them, stand in for its curvature.
 *
 * @see <a href="https://doi.org/10.1007/BF01589116">Liu and Nocedal (1989)</a>, algorithm 2.1; a step's length is found
 *     by bisection until it meets Wolfe's conditions, as in Lewis and Overton (2013)
 */
final class Lbfgs {
    private static final int REMEMBERED = 10;
    private static final int BISECTIONS = 40;
    private static final double DECREASE = 1e-4;
    private static final double CURVATURE = 0.9;

    /** A function of many numbers. */
    @FunctionalInterface
    interface Objective {
        /** Its value at {@code x}; writes its slope there into {@code gradient}. */
        double at(double[] x, double[] gradient);
    }

    private static final class Change {
        final double[] step;
        final double[] slope;
        final double product;

        Change(double[] step, double[] slope, double product) {
            this.step = step;
            this.slope = slope;
            this.product = product;
        }
    }

    private final Objective objective;
    private final Deque<Change> past = new ArrayDeque<>(); // the latest first
    private double[] x;
    private double[] gradient;
    private double value;
    private int steps;

    private Lbfgs(Objective objective, double[] start) {
        this.objective = objective;
        x = start.clone();
        gradient = new double[x.length];
        value = objective.at(x, gradient);
    }

    /**
     * Goes down from {@code start}.
     *
     * @param tolerance the largest slope in any direction that counts as none
     * @param most steps
     */
    static Lbfgs minimized(Objective objective, double[] start, double tolerance, int most) {
        Lbfgs search = new Lbfgs(objective, start);
        while (search.steepest() > tolerance && search.steps < most) {
            if (!search.step()) break;
        }
        return search;
    }

    /** Where it arrived. */
    double[] x() {
        return x.clone();
    }

    /** The largest slope there in any direction. */
    double steepest() {
        double largest = 0;
        for (double g : gradient) largest = Math.max(largest, Math.abs(g));
        return largest;
    }

    int steps() {
        return steps;
    }

    /** Whether there was a way further down that numbers of 64 bits can show. */
    private boolean step() {
        double[] direction = direction();
        double slope = dot(gradient, direction);
        if (!(slope < 0)) return false;
        double low = 0;
        double high = Double.POSITIVE_INFINITY;
        double length = past.isEmpty() ? 1 / Math.sqrt(dot(gradient, gradient)) : 1;
        double[] there = new double[x.length];
        double[] slopeThere = new double[x.length];
        for (int i = 0; i < BISECTIONS; i++) {
            for (int k = 0; k < x.length; k++) there[k] = x[k] + length * direction[k];
            double valueThere = objective.at(there, slopeThere);
            if (!(valueThere <= value + DECREASE * length * slope)) {
                high = length;
            } else if (dot(slopeThere, direction) < CURVATURE * slope) {
                low = length;
            } else {
                remember(there, slopeThere);
                x = there;
                gradient = slopeThere;
                value = valueThere;
                steps++;
                return true;
            }
            length = high < Double.POSITIVE_INFINITY ? (low + high) / 2 : 2 * low;
        }
        return false;
    }

    private double[] direction() {
        double[] d = gradient.clone();
        double[] weights = new double[past.size()];
        int i = 0;
        for (Change change : past) {
            weights[i] = dot(change.step, d) / change.product;
            add(d, -weights[i++], change.slope);
        }
        if (!past.isEmpty()) {
            Change last = past.getFirst();
            double scale = last.product / dot(last.slope, last.slope);
            for (int k = 0; k < d.length; k++) d[k] *= scale;
        }
        for (Iterator<Change> oldestFirst = past.descendingIterator(); oldestFirst.hasNext(); ) {
            Change change = oldestFirst.next();
            add(d, weights[--i] - dot(change.slope, d) / change.product, change.step);
        }
        for (int k = 0; k < d.length; k++) d[k] = -d[k];
        return d;
    }

    private void remember(double[] there, double[] slopeThere) {
        double[] step = there.clone();
        double[] slope = slopeThere.clone();
        add(step, -1, x);
        add(slope, -1, gradient);
        double product = dot(step, slope);
        if (!(product > 0)) return;
        if (past.size() == REMEMBERED) past.removeLast();
        past.addFirst(new Change(step, slope, product));
    }

    private static void add(double[] to, double factor, double[] y) {
        for (int k = 0; k < to.length; k++) to[k] += factor * y[k];
    }

    private static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int k = 0; k < a.length; k++) sum += a[k] * b[k];
        return sum;
    }
}
