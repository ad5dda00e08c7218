package org.zeuxis.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class DdimInversionTest {
    /** Of data that is normal with mean 0.5 and variance 0.25, the best estimate. */
    private static final Denoiser GAUSSIAN = (xt, level) -> {
        double a = Math.sqrt(level.alphaBar());
        double variance = level.alphaBar() * 0.25 + 1 - level.alphaBar();
        return new Denoised(xt.minus(0.5 * a).times(0.25 * a / variance).plus(0.5));
    };

    @Test
    void theSamplerArrivesAtTheDataAgain() {
        NoiseSchedule schedule = NoiseSchedule.cosine(1000);
        Tensor x0 = Seed.of(1).randn(4, 64).times(0.5).plus(0.5);
        Respacing respacing = Respacing.leading(50, 0);
        Tensor xT = new DdimInversion(respacing).noise(GAUSSIAN, schedule, x0, Progress.NONE);
        Tensor again = new DdimSampler(respacing, 0, true).sample(GAUSSIAN, schedule, Start.noise(xT), Seed.of(2));
        assertThat(again.maxDifference(x0)).isLessThan(1e-3);
        // what it begins from is noise: data of another mean and spread
        assertThat(Math.abs(xT.mean().item())).isLessThan(0.2);
        assertThat(Math.sqrt(xT.square().mean().item())).isBetween(0.85, 1.15);
    }

    @Test
    void theMoreStepsTheNearerItComes() {
        NoiseSchedule schedule = NoiseSchedule.cosine(1000);
        Tensor x0 = Seed.of(1).randn(4, 64).times(0.5).plus(0.5);
        double before = 0.1;
        for (int steps : new int[] {5, 10, 50}) {
            Respacing respacing = Respacing.leading(steps, 0);
            Tensor xT = new DdimInversion(respacing).noise(GAUSSIAN, schedule, x0, Progress.NONE);
            Tensor again = new DdimSampler(respacing, 0, true).sample(GAUSSIAN, schedule, Start.noise(xT), Seed.of(2));
            assertThat(again.maxDifference(x0)).as(steps + " steps").isLessThan(before);
            before = again.maxDifference(x0) / 2;
        }
    }
}
