package org.zeuxis.diffusion.sampler;

import java.util.List;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.tensor.Tensor;

/**
 * The transfer and the multistep rule of pseudo numerical methods; as diffusers has them, each step goes down by T / steps,
 * even where the next timestep to be visited lies elsewhere.
 *
 * @param e what is transferred along and extrapolated
 * @see <a href="https://arxiv.org/abs/2202.09778">PNDM</a>, equations 11 and 12
 */
record PseudoSteps(NoiseSchedule schedule, Respacing respacing, boolean alphaToOne, Parameterization e) {
    static final int ORDER = 4;

    int stride() {
        return respacing.stride(schedule);
    }

    private double alphaBar(int t) {
        if (t >= 0) return schedule.alphaBar(t);
        return alphaToOne ? 1 : schedule.alphaBar(0);
    }

    /** e at timestep {@code t}, and the data that it stands for. */
    Estimate estimate(Denoiser denoiser, Tensor x, int t) {
        Tensor x0 = denoiser.denoise(x, schedule.level(t)).x0();
        return new Estimate(e.of(x0, x, alphaBar(t)).copy(), x0);
    }

    record Estimate(Tensor e, Tensor x0) {}

    /** φ: moves x from one timestep to another along e; below 0 is the end. */
    Tensor transfer(Tensor x, Tensor along, int from, int to) {
        Tensor x0 = e.x0(along, x, alphaBar(from));
        Tensor eps = e.eps(along, x, alphaBar(from));
        return x0.times(Math.sqrt(alphaBar(to))).plus(eps.times(Math.sqrt(1 - alphaBar(to))));
    }

    /** @param past e of the last steps, latest first, at most four */
    static Tensor extrapolated(List<Tensor> past) {
        Tensor latest = past.get(0);
        return switch (past.size()) {
            case 1 -> latest;
            case 2 -> latest.times(3).minus(past.get(1)).over(2);
            case 3 ->
                latest.times(23)
                        .minus(past.get(1).times(16))
                        .plus(past.get(2).times(5))
                        .over(12);
            default ->
                latest.times(55)
                        .minus(past.get(1).times(59))
                        .plus(past.get(2).times(37))
                        .minus(past.get(3).times(9))
                        .over(24);
        };
    }
}
