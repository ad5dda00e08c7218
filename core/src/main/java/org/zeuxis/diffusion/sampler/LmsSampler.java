package org.zeuxis.diffusion.sampler;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Linear multistep in σ: integrates the polynomial through the last four slopes (Adams–Bashforth on uneven steps).
 *
 * <p>At a later start the polynomial goes through as many slopes as there are; diffusers weighs them as if there were four.
 *
 * @see <a href="https://github.com/crowsonkb/k-diffusion">k-diffusion</a>, {@code sample_lms}
 */
public record LmsSampler(Discretization discretization) implements Sampler {
    private static final int ORDER = 4;

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        Sigmas sigma = new Sigmas(discretization, schedule);
        List<Tensor> slopes = new ArrayList<>(); // latest first
        return Steps.run(start.first(sigma.steps()), sigma.steps(), sigma.start(start), progress, (i, x, scope) -> {
            Tensor x0 = sigma.denoise(denoiser, x, i).x0();
            Tensor slope = x.minus(x0).over(sigma.at(i));
            slopes.add(0, slopes.size() < ORDER ? scope.keep(slope) : scope.replace(slopes.remove(ORDER - 1), slope));
            int order = slopes.size();
            Tensor next = x;
            for (int j = 0; j < order; j++) {
                next = next.plus(slopes.get(j).times(coefficient(sigma, i, j, order)));
            }
            return new Steps.Arrival(next, x0);
        });
    }

    /** The integral from σ_i to σ_{i+1} of the Lagrange polynomial that is 1 at σ_{i−j}, by Gauss's rule of two points. */
    private static double coefficient(Sigmas sigma, int i, int j, int order) {
        double middle = (sigma.at(i) + sigma.at(i + 1)) / 2;
        double half = (sigma.at(i + 1) - sigma.at(i)) / 2;
        double offset = half / Math.sqrt(3); // exact up to cubics, and order is at most 4
        return half * (lagrange(sigma, middle - offset, i, j, order) + lagrange(sigma, middle + offset, i, j, order));
    }

    private static double lagrange(Sigmas sigma, double at, int i, int j, int order) {
        double product = 1;
        for (int k = 0; k < order; k++) {
            if (k != j) product *= (at - sigma.at(i - k)) / (sigma.at(i - j) - sigma.at(i - k));
        }
        return product;
    }
}
