package org.zeuxis.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.zeuxis.diffusion.sampler.DdimSampler;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

class GuidanceTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);
    private static final NoiseLevel LEVEL = SCHEDULE.level(400);
    private static final Function<Tensor, Denoiser> GIVEN =
            condition -> Denoiser.of((xt, t) -> xt.times(0.3).plus(condition).tanh(), Parameterization.EPSILON);

    private final Tensor x = Seed.of(1).randn(2, 3, 4, 4);
    private final Tensor condition = Seed.of(2).randn(2, 1, 1, 1);
    private final Tensor none = Tensor.zeros(2, 1, 1, 1);

    @Test
    void atScale1ItIsTheConditionalDenoiserBitForBit() {
        DdimSampler sampler = new DdimSampler(Respacing.leading(10, 1), 0, false);
        byte[] expected = sampler.sample(GIVEN.apply(condition), SCHEDULE, Start.noise(x), Seed.of(3))
                .toBytes();
        Denoiser apart = new Guidance(GIVEN.apply(condition), GIVEN.apply(none), 1);
        Denoiser batched = Guidance.batched(GIVEN, condition, none, 1);
        assertThat(sampler.sample(apart, SCHEDULE, Start.noise(x), Seed.of(3)).toBytes())
                .isEqualTo(expected);
        assertThat(sampler.sample(batched, SCHEDULE, Start.noise(x), Seed.of(3)).toBytes())
                .isEqualTo(expected);
    }

    @Test
    void oneCallOnBothIsTwoCalls() {
        AtomicInteger calls = new AtomicInteger();
        Function<Tensor, Denoiser> counted = c -> (xt, level) -> {
            calls.incrementAndGet();
            return GIVEN.apply(c).denoise(xt, level);
        };
        Tensor batched = Guidance.batched(counted, condition, none, 7.5)
                .denoise(x, LEVEL)
                .x0();
        Tensor apart = new Guidance(GIVEN.apply(condition), GIVEN.apply(none), 7.5)
                .denoise(x, LEVEL)
                .x0();
        assertThat(calls).hasValue(1);
        assertThat(batched.maxDifference(apart)).isLessThan(1e-5);
    }

    @Test
    void guidingTheDataIsGuidingTheNoise() {
        Tensor with = x.times(0.3).plus(condition).tanh();
        Tensor without = x.times(0.3).tanh();
        Tensor eps = without.plus(with.minus(without).times(7.5));
        Tensor expected = Parameterization.EPSILON.x0(eps, x, LEVEL.alphaBar());
        Tensor x0 =
                Guidance.batched(GIVEN, condition, none, 7.5).denoise(x, LEVEL).x0();
        assertThat(x0.maxDifference(expected)).isLessThan(1e-5);
    }

    @Test
    void theVarianceIsTheConditionalOne() {
        Denoiser both = (xt, level) -> new Denoised(xt, xt, Tensor.cat(0, Tensor.zeros(2, 3), Tensor.ones(2, 3)));
        Tensor share =
                Guidance.batched(both, 3).denoise(Tensor.ones(2, 3), LEVEL).variance();
        assertThat(Objects.requireNonNull(share).min()).isEqualTo(1);
    }

    @Test
    void refusesANegativeScale() {
        assertThatThrownBy(() -> Guidance.batched(GIVEN, condition, none, -1))
                .hasMessageContaining("at least 0, such as 7.5, got -1");
    }

    @Test
    void thresholdsKeepTheDataInRange() {
        Denoiser saturated = (xt, level) -> new Denoised(xt.times(10));
        Tensor clipped = new StaticThresholding(saturated).denoise(x, LEVEL).x0();
        assertThat(clipped.abs().max()).isEqualTo(1);
        Tensor pushed =
                new DynamicThresholding(saturated, 0.995).denoise(x, LEVEL).x0();
        assertThat(pushed.abs().max()).isEqualTo(1);
        assertThat(pushed.abs().mean().item()).isLessThan(clipped.abs().mean().item());
        Denoiser mild = (xt, level) -> new Denoised(xt.tanh());
        assertThat(new DynamicThresholding(mild, 0.995).denoise(x, LEVEL).x0().maxDifference(x.tanh()))
                .isZero();
        assertThatThrownBy(() -> new DynamicThresholding(mild, 99.5)).hasMessageContaining("got 99.5");
    }
}
