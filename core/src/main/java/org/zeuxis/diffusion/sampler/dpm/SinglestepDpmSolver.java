package org.zeuxis.diffusion.sampler.dpm;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.sampler.Progress;
import org.zeuxis.diffusion.sampler.Sampler;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.sampler.Steps;
import org.zeuxis.diffusion.sampler.dpm.DpmSolver.SecondOrder;
import org.zeuxis.diffusion.schedule.Discretization;
import org.zeuxis.diffusion.schedule.NoiseLevels;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Singlestep DPM-Solver and DPM-Solver++: the steps go in groups of as many as the order, and each of a group begins anew where the
 * group did, with what was estimated since.
 *
 * @param order how many steps a group has, and through how many estimates its last one puts a polynomial, 1 to 3
 * @param second how the slope counts in steps of second order; {@link SecondOrder#MIDPOINT} leaves out the bend in those of third
 * @param lowerAtEnd whether a last step that ends a group is of first order; so it always is where no noise is left after it
 * @see <a href="https://arxiv.org/abs/2211.01095">DPM-Solver++</a>, algorithm 1
 */
public record SinglestepDpmSolver(
        Discretization discretization, DpmIntegral integral, int order, SecondOrder second, boolean lowerAtEnd)
        implements Sampler {

    /** @throws IllegalArgumentException if {@code order} is not 1 to 3, or the noise is integrated with fresh noise */
    public SinglestepDpmSolver {
        if (order < 1 || order > 3) throw new IllegalArgumentException("expected an order of 1 to 3, got " + order);
        if (integral == DpmIntegral.NOISE_SDE) {
            throw new IllegalArgumentException("expected the data, or the noise without fresh noise, got " + integral);
        }
    }

    /** DPM-Solver++(2S). */
    public SinglestepDpmSolver(Discretization discretization) {
        this(discretization, DpmIntegral.DATA, 2, SecondOrder.MIDPOINT, true);
    }

    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Start start, Seed seed, Progress progress) {
        NoiseLevels levels = discretization.of(schedule);
        List<Tensor> past = new ArrayList<>(); // latest first
        List<Tensor> began = new ArrayList<>(); // where the group did
        int first = start.first(levels.steps());
        return Steps.run(first, levels.steps(), start.xt(levels.at(first)), progress, (i, x, scope) -> {
            Tensor x0 = denoiser.denoise(x, levels.at(i)).x0();
            Tensor latest = integral.integrand(x0, x, levels, i);
            past.add(0, past.size() < order ? scope.keep(latest) : scope.replace(past.remove(order - 1), latest));
            int p = Math.min(order(levels, i), past.size());
            if (p == 1) keep(began, x.copy(), scope);
            DpmIntegral.Step step = integral.step(levels, i - p + 1, i + 1);
            Tensor next = began.get(0).times(step.carried()).minus(integrated(past, levels, i, p, step));
            if (integral.stochastic) next = next.plus(seed.randn(x.shape()).times(step.noise()));
            return new Steps.Arrival(next, x0);
        });
    }

    private static void keep(List<Tensor> one, Tensor x, Scope scope) {
        one.add(one.isEmpty() ? scope.keep(x) : scope.replace(one.remove(0), x));
    }

    private int order(NoiseLevels levels, int i) {
        boolean last = i == levels.steps() - 1;
        boolean endsInData = levels.end().alphaBar() == 1;
        return last && (endsInData || lowerAtEnd && levels.steps() % order == 0) ? 1 : i % order + 1;
    }

    private Tensor integrated(List<Tensor> past, NoiseLevels levels, int i, int p, DpmIntegral.Step step) {
        Tensor begin = past.get(p - 1);
        Tensor sum = begin.times(step.constant());
        if (p == 1) return sum;
        double r0 = (levels.lambda(i) - levels.lambda(i - p + 1)) / step.h();
        Tensor slope = past.get(0).minus(begin).over(r0);
        if (p == 2) return sum.plus(slope.times(second == SecondOrder.MIDPOINT ? step.constant() / 2 : step.linear()));
        if (second == SecondOrder.MIDPOINT) return sum.plus(slope.times(step.linear()));
        double r1 = (levels.lambda(i - 1) - levels.lambda(i - 2)) / step.h();
        Tensor nearer = past.get(1).minus(begin).over(r1);
        Tensor bend = slope.minus(nearer).over(r0 - r1);
        return sum.plus(nearer.minus(bend.times(r1)).times(step.linear()))
                .plus(bend.times(2 * step.quadratic(integral)));
    }
}
