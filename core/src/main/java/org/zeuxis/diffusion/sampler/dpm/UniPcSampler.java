package org.zeuxis.diffusion.sampler.dpm;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.sampler.Steps;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseLevels;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * UniPC: each step is predicted from the last estimates, and corrected once the estimate at its end is known, at no further
 * call of the network.
 *
 * @param integral {@link DpmIntegral#DATA} or {@link DpmIntegral#NOISE}
 * @param order how many estimates a prediction is made of
 * @param lowerAtEnd whether the order falls so that the last step is of first order
 * @param uncorrected the steps, from 0, that are not corrected
 * @see <a href="https://arxiv.org/abs/2302.04867">UniPC</a>, algorithms 1 and 2
 */
public record UniPcSampler(
        Discretization discretization,
        DpmIntegral integral,
        Scale scale,
        int order,
        boolean lowerAtEnd,
        Set<Integer> uncorrected)
        implements Sampler {

    /** B(h), by which the differences of the estimates are scaled. */
    public enum Scale {
        /** h: {@code bh1}. */
        LINEAR,
        /** e^h − 1: {@code bh2}. */
        EXPONENTIAL
    }

    /** @throws IllegalArgumentException if there is fresh noise in {@code integral}, or {@code order} is not 1 to 3 */
    public UniPcSampler {
        uncorrected = Set.copyOf(uncorrected);
        if (integral.stochastic)
            throw new IllegalArgumentException("expected an integral without noise, got " + integral);
        if (order < 1 || order > 3) throw new IllegalArgumentException("expected an order of 1 to 3, got " + order);
    }

    /** UniPC of second order. */
    public UniPcSampler(Discretization discretization) {
        this(discretization, DpmIntegral.DATA, Scale.EXPONENTIAL, 2, true, Set.of());
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        NoiseLevels levels = discretization.of(schedule);
        List<Tensor> past = new ArrayList<>(); // latest first
        List<Tensor> before = new ArrayList<>(); // where the last step began
        int first = start.first(levels.steps());
        return Steps.run(first, levels.steps(), start.xt(levels.at(first)), progress, (i, predicted, scope) -> {
            Tensor x0 = denoiser.denoise(predicted, levels.at(i)).x0();
            Tensor latest = integral.integrand(x0, predicted, levels, i);
            Tensor x = i == first || uncorrected.contains(i - 1)
                    ? predicted.copy()
                    : corrected(before.get(0), past, latest, levels, i - 1);
            past.add(0, past.size() < order ? scope.keep(latest) : scope.replace(past.remove(order - 1), latest));
            keep(before, x, scope);
            return new Steps.Arrival(predicted(x, past, levels, i), x0);
        });
    }

    private static void keep(List<Tensor> one, Tensor x, Scope scope) {
        one.add(one.isEmpty() ? scope.keep(x) : scope.replace(one.remove(0), x));
    }

    /** How many of the {@code known} estimates step {@code i} is made of. */
    private int order(NoiseLevels levels, int i, int known) {
        return lowerAtEnd ? Math.min(known, levels.steps() - i) : known;
    }

    private Tensor predicted(Tensor x, List<Tensor> past, NoiseLevels levels, int i) {
        int p = order(levels, i, past.size());
        DpmIntegral.Step step = integral.step(levels, i);
        double[] r = ratios(levels, i, p, step.h());
        Tensor first = first(x, past, step);
        if (p == 1) return first;
        double[] rho = p == 2 ? new double[] {0.5} : weights(r, p - 1, step.exponent());
        return first.minus(differences(past, r, rho).times(step.scale() * b(step.exponent())));
    }

    /** @param arrived the estimate at the end of step {@code i} */
    private Tensor corrected(Tensor x, List<Tensor> past, Tensor arrived, NoiseLevels levels, int i) {
        int p = order(levels, i, past.size());
        DpmIntegral.Step step = integral.step(levels, i);
        double[] r = ratios(levels, i, p, step.h());
        double[] rho = p == 1 ? new double[] {0.5} : weights(r, p, step.exponent());
        Tensor sum = arrived.minus(past.get(0)).times(rho[p - 1]);
        if (p > 1) sum = sum.plus(differences(past, r, rho));
        return first(x, past, step).minus(sum.times(step.scale() * b(step.exponent())));
    }

    private static Tensor first(Tensor x, List<Tensor> past, DpmIntegral.Step step) {
        return x.times(step.carried()).minus(past.get(0).times(step.scale() * Math.expm1(step.exponent())));
    }

    private double b(double exponent) {
        return scale == Scale.LINEAR ? exponent : Math.expm1(exponent);
    }

    /** Where the estimates lie, in steps of h from the latest: below 0 those of the past, then the end, 1. */
    private static double[] ratios(NoiseLevels levels, int i, int p, double h) {
        double[] r = new double[p];
        for (int k = 1; k < p; k++) r[k - 1] = (levels.lambda(i - k) - levels.lambda(i)) / h;
        r[p - 1] = 1;
        return r;
    }

    private static Tensor differences(List<Tensor> past, double[] r, double[] rho) {
        Tensor sum = past.get(1).minus(past.get(0)).times(rho[0] / r[0]);
        for (int k = 1; k < r.length - 1; k++) {
            sum = sum.plus(past.get(k + 1).minus(past.get(0)).times(rho[k] / r[k]));
        }
        return sum;
    }

    /** The {@code n} weights under which polynomials up to degree n are integrated exactly: R ρ = b. */
    private double[] weights(double[] r, int n, double exponent) {
        double[][] rows = new double[n][n + 1];
        double phi = Math.expm1(exponent) / exponent - 1;
        double factorial = 1;
        for (int row = 0; row < n; row++) {
            for (int k = 0; k < n; k++) rows[row][k] = Math.pow(r[k], row);
            rows[row][n] = phi * factorial / b(exponent);
            factorial *= row + 2;
            phi = phi / exponent - 1 / factorial;
        }
        return solved(rows);
    }

    /** Gauss's elimination; the rows are a Vandermonde matrix and the right side. */
    private static double[] solved(double[][] rows) {
        int n = rows.length;
        for (int column = 0; column < n; column++) {
            for (int row = column + 1; row < n; row++) {
                double factor = rows[row][column] / rows[column][column];
                for (int k = column; k <= n; k++) rows[row][k] -= factor * rows[column][k];
            }
        }
        double[] x = new double[n];
        for (int row = n - 1; row >= 0; row--) {
            double rest = rows[row][n];
            for (int k = row + 1; k < n; k++) rest -= rows[row][k] * x[k];
            x[row] = rest / rows[row][row];
        }
        return x;
    }
}
