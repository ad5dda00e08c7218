package org.zeuxis.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.zeuxis.diffusion.ConsistencyBoundary;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.sampler.MidpointSampler.Fresh;
import org.zeuxis.diffusion.sampler.MidpointSampler.Held;
import org.zeuxis.diffusion.sampler.dpm.DpmIntegral;
import org.zeuxis.diffusion.sampler.dpm.DpmSolver;
import org.zeuxis.diffusion.sampler.dpm.SinglestepDpmSolver;
import org.zeuxis.diffusion.sampler.dpm.UniPcSampler;
import org.zeuxis.diffusion.schedule.DpmDiscretization;
import org.zeuxis.diffusion.schedule.EdmDiscretization;
import org.zeuxis.diffusion.schedule.End;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** What every sampler must do, on data so simple that the best denoiser is known: a Gaussian. */
class SamplerContractTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final Set<String> STOCHASTIC =
            Set.of("ddpm", "euler-ancestral", "dpm++2m-sde", "kdpm2-ancestral", "dpm++2s-ancestral", "dpm++sde");
    private static final double MEAN = 1.5;
    private static final double DEVIATION = 0.5;

    /** E[x0 | xt] where x0 is normal. */
    private static final Denoiser PERFECT = (xt, level) -> {
        double a = Math.sqrt(level.alphaBar());
        double variance = DEVIATION * DEVIATION;
        double gain = a * variance / (a * a * variance + 1 - a * a);
        return new Denoised(xt.minus(a * MEAN).times(gain).plus(MEAN));
    };

    /** Every sampler by the name it has here, as Stable Diffusion uses it. */
    private static final Map<String, Function<Respacing, Sampler>> SAMPLERS = new TreeMap<>(Map.of(
            "ddpm", AncestralSampler::new,
            "ddim", respacing -> new DdimSampler(respacing, 0, false),
            "plms", respacing -> new PlmsSampler(respacing, false, Parameterization.EPSILON),
            "lms", respacing -> new LmsSampler(new EdmDiscretization(respacing)),
            "euler", respacing -> new EulerSampler(new EdmDiscretization(respacing)),
            "euler-ancestral", respacing -> new EulerAncestralSampler(new EdmDiscretization(respacing)),
            "heun", respacing -> new HeunSampler(new EdmDiscretization(respacing)),
            "dpm++2m", respacing -> new DpmSolver(new DpmDiscretization(respacing), DpmIntegral.DATA),
            "dpm++2m-sde", respacing -> new DpmSolver(new DpmDiscretization(respacing), DpmIntegral.DATA_SDE),
            "unipc", respacing -> new UniPcSampler(new DpmDiscretization(respacing))));

    static {
        SAMPLERS.put("dpm++2s", respacing -> new SinglestepDpmSolver(new DpmDiscretization(respacing)));
        SAMPLERS.put(
                "deis",
                respacing -> new DpmSolver(
                        new DpmDiscretization(respacing, null, true, Double.NEGATIVE_INFINITY, End.LEAST_NOISE),
                        DpmIntegral.NOISE,
                        3,
                        DpmSolver.SecondOrder.EXACT,
                        true,
                        false));
        SAMPLERS.put("kdpm2", respacing -> midpoint(respacing, Held.NOISE, Fresh.NEVER));
        SAMPLERS.put("kdpm2-ancestral", respacing -> midpoint(respacing, Held.NOISE, Fresh.AT_END));
        SAMPLERS.put("dpm++2s-ancestral", respacing -> midpoint(respacing, Held.DATA, Fresh.AT_END));
        SAMPLERS.put("dpm++sde", respacing -> midpoint(respacing, Held.DATA, Fresh.IN_MIDDLE_AND_AT_END));
    }

    private static Sampler midpoint(Respacing respacing, Held held, Fresh fresh) {
        return new MidpointSampler(new EdmDiscretization(respacing), held, fresh);
    }

    static Set<String> names() {
        return SAMPLERS.keySet();
    }

    private static Sampler named(String name, Respacing respacing) {
        return SAMPLERS.get(name).apply(respacing);
    }

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    /** Noise whose sample mean is 0 and deviation 1, so that only the sampler errs. */
    private static Tensor noise() {
        Tensor x = Seed.of(1).randn(40_000, 1);
        Tensor centred = x.minus(x.mean());
        return centred.over(centred.square().mean().sqrt());
    }

    private static double mean(Tensor x) {
        return x.mean().item();
    }

    private static double deviation(Tensor x) {
        return x.minus(x.mean()).square().mean().sqrt().item();
    }

    private static double error(Sampler sampler) {
        Tensor x = sampler.sample(PERFECT, SCHEDULE, Start.noise(noise()), Seed.of(2));
        return Math.abs(mean(x) - MEAN) + Math.abs(deviation(x) - DEVIATION);
    }

    @ParameterizedTest
    @MethodSource("names")
    void recoversAGaussian(String name) {
        Tensor x = named(name, Respacing.trailing(200)).sample(PERFECT, SCHEDULE, Start.noise(noise()), Seed.of(2));
        assertThat(mean(x)).isCloseTo(MEAN, within(0.02));
        assertThat(deviation(x)).isCloseTo(DEVIATION, within(0.02));
    }

    @ParameterizedTest
    @MethodSource("names")
    void recoversAGaussianFromALaterStart(String name) {
        Tensor data = noise().times(DEVIATION).plus(MEAN);
        Start start = Start.upon(data, Seed.of(3).randn(data.shape()), 100);
        Tensor x = named(name, Respacing.trailing(200)).sample(PERFECT, SCHEDULE, start, Seed.of(2));
        assertThat(mean(x)).isCloseTo(MEAN, within(0.02));
        assertThat(deviation(x)).isCloseTo(DEVIATION, within(0.02));
        // neither the data itself nor others that know nothing of it
        double apart = x.minus(data).square().mean().sqrt().item();
        assertThat(apart).isBetween(0.1 * DEVIATION, Math.sqrt(2) * DEVIATION);
    }

    @ParameterizedTest
    @MethodSource("names")
    void moreStepsComeCloser(String name) {
        double few = error(named(name, Respacing.trailing(5)));
        double more = error(named(name, Respacing.trailing(100)));
        assertThat(more).isLessThan(few / 2);
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PRESET")
    void everySpacingArrives(Spacing spacing) {
        for (String name : names()) {
            assertThat(error(named(name, new Respacing(spacing, 200, 0))))
                    .as(name)
                    .isLessThan(0.1);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SMALL", "LARGE"})
    void ddpmRecoversAGaussianWithEitherVariance(AncestralSampler.Variance variance) {
        assertThat(error(new AncestralSampler(Respacing.trailing(500), variance)))
                .isLessThan(0.03);
    }

    @ParameterizedTest
    @MethodSource("names")
    void sameSeedSameBytes(String name) {
        Sampler sampler = named(name, Respacing.trailing(7));
        Tensor xT = Seed.of(1).randn(2, 3, 4, 4);
        byte[] once =
                sampler.sample(PERFECT, SCHEDULE, Start.noise(xT), Seed.of(5)).toBytes();
        assertThat(sampler.sample(PERFECT, SCHEDULE, Start.noise(xT), Seed.of(5))
                        .toBytes())
                .isEqualTo(once);
        byte[] other =
                sampler.sample(PERFECT, SCHEDULE, Start.noise(xT), Seed.of(6)).toBytes();
        if (STOCHASTIC.contains(name)) assertThat(other).isNotEqualTo(once);
        else assertThat(other).isEqualTo(once);
    }

    @Test
    void ddimIsDeterministicAtEta0Only() {
        Tensor xT = Seed.of(1).randn(2, 3, 4, 4);
        Sampler still = new DdimSampler(Respacing.trailing(7), 0, true);
        Sampler noisy = new DdimSampler(Respacing.trailing(7), 1, true);
        Seed untouched = Seed.of(5);
        byte[] x0 = still.sample(PERFECT, SCHEDULE, Start.noise(xT), untouched).toBytes();
        assertThat(untouched.randn(4).toBytes()).isEqualTo(Seed.of(5).randn(4).toBytes());
        assertThat(still.sample(PERFECT, SCHEDULE, Start.noise(xT), Seed.of(6)).toBytes())
                .isEqualTo(x0);
        assertThat(noisy.sample(PERFECT, SCHEDULE, Start.noise(xT), Seed.of(5)).toBytes())
                .isNotEqualTo(noisy.sample(PERFECT, SCHEDULE, Start.noise(xT), Seed.of(6))
                        .toBytes());
        assertThatThrownBy(() -> new DdimSampler(Respacing.trailing(7), 1.5, true))
                .hasMessageContaining("eta of 0 to 1, got 1.5");
    }

    @ParameterizedTest
    @MethodSource("names")
    void oneStepIsTheEstimateFromNoise(String name) {
        Tensor xT = Seed.of(1).randn(2, 3, 4, 4);
        List<Integer> told = new ArrayList<>();
        Tensor x = named(name, Respacing.trailing(1))
                .sample(PERFECT, SCHEDULE, Start.noise(xT), Seed.of(2), (step, steps, x0) -> told.add(step));
        assertThat(told).containsExactly(1);
        assertThat(x.shape()).isEqualTo(xT.shape());
        // those that end at the first timestep keep its share of noise, 0.01
        assertThat(x.maxDifference(Tensor.full(MEAN, 2, 3, 4, 4))).isLessThan(0.05);
    }

    @ParameterizedTest
    @MethodSource("names")
    void whatProgressThrowsEndsIt(String name) {
        List<Integer> told = new ArrayList<>();
        Progress impatient = (step, steps, x0) -> {
            assertThat(steps).isEqualTo(10);
            assertThat(x0.allFinite()).isTrue();
            told.add(step);
            if (step == 3) throw new CancellationException("enough");
        };
        Sampler sampler = named(name, Respacing.trailing(10));
        assertThatThrownBy(
                        () -> sampler.sample(PERFECT, SCHEDULE, Start.noise(Tensor.ones(1, 2)), Seed.of(2), impatient))
                .isInstanceOf(CancellationException.class);
        assertThat(told).containsExactly(1, 2, 3);
        assertThat(Gradients.recorded()).isTrue();
    }

    @ParameterizedTest
    @MethodSource("names")
    void refusesMoreStepsThanWereTrainedOn(String name) {
        Sampler sampler = named(name, Respacing.trailing(1001));
        assertThatThrownBy(() -> sampler.sample(PERFECT, SCHEDULE, Start.noise(Tensor.ones(1, 2)), Seed.of(2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("at most 1000 sampling steps, as many as were trained on, got 1001");
        assertThatThrownBy(() -> named(name, Respacing.trailing(0)))
                .hasMessageContaining("at least 1 sampling step, got 0");
    }

    @ParameterizedTest
    @MethodSource("names")
    void freesNeitherItsNoiseNorWhatTheDenoiserKeeps(String name) {
        Tensor xT = Seed.of(1).randn(2, 3);
        Tensor point = Tensor.full(MEAN, 2, 3).recordGradient();
        Sampler sampler = named(name, Respacing.trailing(10));
        Tensor first = sampler.sample((xt, level) -> new Denoised(point), SCHEDULE, Start.noise(xT), Seed.of(2));
        try (Scope scope = new Scope()) {
            Tensor again = sampler.sample((xt, level) -> new Denoised(point), SCHEDULE, Start.noise(xT), Seed.of(2));
            assertThat(again.maxDifference(first)).isZero();
        }
        assertThat(first.requiresGrad()).isFalse();
        assertThat(xT.toBytes()).isEqualTo(Seed.of(1).randn(2, 3).toBytes());
        assertThat(point.maxDifference(Tensor.full(MEAN, 2, 3))).isZero();
    }

    @Test
    void pndmStartsWithRungeAndKutta() {
        Sampler pndm = new PndmSampler(Respacing.leading(50, 1), false, Parameterization.EPSILON);
        assertThat(error(pndm)).isLessThan(0.1);
        assertThatThrownBy(() -> error(new PndmSampler(Respacing.trailing(3), false, Parameterization.EPSILON)))
                .hasMessageContaining("at least 4 steps of PNDM");
    }

    @Test
    void solversRefuseOrdersTheyDoNotHave() {
        DpmDiscretization steps = new DpmDiscretization(Respacing.trailing(10));
        assertThatThrownBy(() ->
                        new DpmSolver(steps, DpmIntegral.NOISE_SDE, 3, DpmSolver.SecondOrder.MIDPOINT, true, false))
                .hasMessageContaining("an order of 1 to 2, got 3");
        assertThatThrownBy(
                        () -> new UniPcSampler(steps, DpmIntegral.DATA, UniPcSampler.Scale.LINEAR, 4, true, Set.of()))
                .hasMessageContaining("an order of 1 to 3, got 4");
        assertThatThrownBy(() ->
                        new UniPcSampler(steps, DpmIntegral.DATA_SDE, UniPcSampler.Scale.LINEAR, 2, true, Set.of()))
                .hasMessageContaining("an integral without noise, got DATA_SDE");
    }

    @Test
    void singlestepSolversRefuseOrdersAndIntegralsTheyDoNotHave() {
        DpmDiscretization steps = new DpmDiscretization(Respacing.trailing(10));
        assertThatThrownBy(
                        () -> new SinglestepDpmSolver(steps, DpmIntegral.DATA, 4, DpmSolver.SecondOrder.MIDPOINT, true))
                .hasMessageContaining("an order of 1 to 3, got 4");
        assertThatThrownBy(() ->
                        new SinglestepDpmSolver(steps, DpmIntegral.NOISE_SDE, 2, DpmSolver.SecondOrder.HEUN, true))
                .hasMessageContaining("the data, or the noise without fresh noise, got NOISE_SDE");
    }

    @Test
    void whatWasDistilledArrivesInFewSteps() {
        Denoiser point = (xt, level) -> new Denoised(Tensor.full(MEAN, 2, 3));
        for (ConsistencySampler.Landing landing : List.of(
                new ConsistencySampler.AtData(ConsistencyBoundary.PUBLISHED),
                new ConsistencySampler.OnTrajectory(0.3))) {
            Tensor xT = Seed.of(1).randn(2, 3);
            Tensor x = new ConsistencySampler(4, 50, landing).sample(point, SCHEDULE, Start.noise(xT), Seed.of(2));
            assertThat(x.maxDifference(Tensor.full(MEAN, 2, 3))).isLessThan(0.05);
            assertThatThrownBy(() -> new ConsistencySampler(51, 50, landing)
                            .sample(point, SCHEDULE, Start.noise(xT), Seed.of(2)))
                    .hasMessage("expected at most 50 sampling steps, as many as were distilled at, got 51");
        }
        assertThatThrownBy(() -> new ConsistencySampler.OnTrajectory(1.5))
                .hasMessage("expected a gamma of 0 to 1, got 1.5");
        assertThatThrownBy(() ->
                        new ConsistencySampler(0, 50, new ConsistencySampler.AtData(ConsistencyBoundary.PUBLISHED)))
                .hasMessage("expected at least 1 sampling step, got 0");
    }

    @Test
    void aVarianceThatNobodyLearnedIsRefused() {
        assertThatThrownBy(() ->
                        error(new AncestralSampler(Respacing.trailing(10), AncestralSampler.Variance.LEARNED_RANGE)))
                .hasMessageContaining("expected a network that learned its variance");
    }
}
