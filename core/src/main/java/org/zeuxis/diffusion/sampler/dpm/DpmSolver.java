package org.zeuxis.diffusion.sampler.dpm;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.sampler.Steps;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseLevels;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Multistep DPM-Solver and DPM-Solver++: integrates the flow exactly but for the network's estimate, a polynomial through the
 * last of which it takes.
 *
 * @param order how many estimates the polynomial goes through, 1 to 3
 * @param second how the slope counts in steps of second order
 * @param lowerAtEnd whether the last steps of fewer than 15 are of lower order
 * @param firstAtEnd whether the last step is of first order, as it always is where no noise is left after it
 * @see <a href="https://arxiv.org/abs/2211.01095">DPM-Solver++</a>, algorithm 2
 */
public record DpmSolver(
        Discretization discretization,
        DpmIntegral integral,
        int order,
        SecondOrder second,
        boolean lowerAtEnd,
        boolean firstAtEnd)
        implements Sampler {
    private static final int FEW_STEPS = 15;

    /** All are exact to second order. */
    public enum SecondOrder {
        MIDPOINT,
        HEUN,
        /**
         * The integral over the polynomial, at third order too: over the estimate of the noise that is DEIS in log ρ.
         *
         * @see <a href="https://arxiv.org/abs/2204.13902">DEIS</a>, equation 15 and the polynomial in log ρ
         */
        EXACT
    }

    /** @throws IllegalArgumentException if {@code order} is not 1 to 3, or 3 for the noise with fresh noise */
    public DpmSolver {
        int most = integral == DpmIntegral.NOISE_SDE ? 2 : 3;
        if (order < 1 || order > most) {
            throw new IllegalArgumentException("expected an order of 1 to " + most + ", got " + order);
        }
    }

    /** DPM-Solver++(2M), or its stochastic sister. */
    public DpmSolver(Discretization discretization, DpmIntegral integral) {
        this(discretization, integral, 2, SecondOrder.MIDPOINT, true, false);
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        NoiseLevels levels = discretization.of(schedule);
        List<Tensor> past = new ArrayList<>(); // latest first
        int first = start.first(levels.steps());
        return Steps.run(first, levels.steps(), start.xt(levels.at(first)), progress, (i, x, scope) -> {
            Tensor x0 = denoiser.denoise(x, levels.at(i)).x0();
            Tensor latest = integral.integrand(x0, x, levels, i);
            past.add(0, past.size() < order ? scope.keep(latest) : scope.replace(past.remove(order - 1), latest));
            DpmIntegral.Step step = integral.step(levels, i);
            Tensor next = x.times(step.carried()).minus(integrated(past, levels, i, step));
            if (integral.stochastic) {
                next = next.plus(seed.randn(x.shape()).times(step.noise()));
            }
            return new Steps.Arrival(next, x0);
        });
    }

    private int order(NoiseLevels levels, int i, int known) {
        boolean few = lowerAtEnd && levels.steps() < FEW_STEPS;
        int left = levels.steps() - i;
        boolean endsInData = levels.end().alphaBar() == 1;
        if (left == 1 && (few || firstAtEnd || endsInData)) return 1;
        return left == 2 && few ? Math.min(2, known) : known;
    }

    private Tensor integrated(List<Tensor> past, NoiseLevels levels, int i, DpmIntegral.Step step) {
        int order = step.h() == 0 ? 1 : order(levels, i, past.size());
        Tensor sum = past.get(0).times(step.constant());
        if (order == 1) return sum;
        double r0 = (levels.lambda(i) - levels.lambda(i - 1)) / step.h();
        Tensor slope = past.get(0).minus(past.get(1)).over(r0);
        if (order == 2)
            return sum.plus(slope.times(second == SecondOrder.MIDPOINT ? step.constant() / 2 : step.linear()));
        double r1 = (levels.lambda(i - 1) - levels.lambda(i - 2)) / step.h();
        Tensor bend = slope.minus(past.get(1).minus(past.get(2)).over(r1)).over(r0 + r1);
        double whole = second == SecondOrder.EXACT ? 2 : 1;
        return sum.plus(slope.plus(bend.times(r0)).times(step.linear()))
                .plus(bend.times(whole * step.quadratic(integral)));
    }
}
