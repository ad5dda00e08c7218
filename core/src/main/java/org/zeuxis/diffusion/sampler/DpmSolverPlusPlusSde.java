package org.zeuxis.diffusion.sampler;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * SDE-DPM-Solver++(2M): the same extrapolation of the data estimate as in the deterministic solver, with fresh noise.
 *
 * @see <a href="https://arxiv.org/abs/2211.01095">DPM-Solver++</a>, equation 18
 */
public record DpmSolverPlusPlusSde(Respacing respacing) implements Sampler {
    @Override
    public Tensor sample(Denoiser denoiser, NoiseSchedule schedule, Tensor xT, Seed seed, Progress progress) {
        HalfLogSnr steps = new HalfLogSnr(respacing, schedule);
        List<Tensor> past = new ArrayList<>(); // the last estimate, if there is one
        return Steps.run(steps.steps(), xT, progress, (i, x, scope) -> {
            Tensor x0 = denoiser.denoise(x, steps.level(i)).x0();
            double h = steps.lambda(i + 1) - steps.lambda(i);
            Tensor d = x0;
            // the last step is of first order: its h is infinite
            if (i > 0 && i + 1 < steps.steps()) {
                double r = (steps.lambda(i) - steps.lambda(i - 1)) / h;
                d = x0.plus(x0.minus(past.get(0)).over(2 * r));
            }
            Tensor noise = seed.randn(x.shape());
            Tensor next = x.times(steps.sigma(i + 1) / steps.sigma(i) * Math.exp(-h))
                    .minus(d.times(steps.alpha(i + 1) * Math.expm1(-2 * h)))
                    .plus(noise.times(steps.sigma(i + 1) * Math.sqrt(-Math.expm1(-2 * h))));
            past.add(past.isEmpty() ? scope.keep(x0.copy()) : scope.replace(past.remove(0), x0.copy()));
            return new Steps.Arrival(next, x0);
        });
    }
}
