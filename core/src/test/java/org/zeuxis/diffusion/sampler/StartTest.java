package org.zeuxis.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.diffusion.Denoised;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Inpainting;
import org.zeuxis.diffusion.Parameterization;
import org.zeuxis.diffusion.sampler.dpm.DpmIntegral;
import org.zeuxis.diffusion.sampler.dpm.DpmSolver;
import org.zeuxis.diffusion.sampler.dpm.UniPcSampler;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.tensor.Engine;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Where samplers start, in closed form. */
class StartTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.linear(1000, 1e-4, 0.02);
    private static final Tensor DATA = Seed.of(1).randn(1, 2, 4, 4);
    private static final Tensor NOISE = Seed.of(2).randn(1, 2, 4, 4);

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    private static final class Watched implements Denoiser {
        private final List<Tensor> asked = new ArrayList<>();
        private final List<NoiseLevel> levels = new ArrayList<>();

        @Override
        public Denoised denoise(Tensor xt, NoiseLevel level) {
            asked.add(xt.copy().outliving());
            levels.add(level);
            return new Denoised(DATA);
        }
    }

    private static Sampler named(String name, int steps) {
        Respacing respacing = Respacing.trailing(steps);
        Function<Respacing, Sampler> sampler = switch (name) {
            case "ddim" -> r -> new DdimSampler(r, 0, true);
            case "euler" -> r -> new EulerSampler(new org.zeuxis.diffusion.schedule.EdmDiscretization(r));
            case "dpm" -> r -> new DpmSolver(new org.zeuxis.diffusion.schedule.DpmDiscretization(r), DpmIntegral.DATA);
            default -> r -> new UniPcSampler(new org.zeuxis.diffusion.schedule.DpmDiscretization(r));
        };
        return sampler.apply(respacing);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddim", "euler", "dpm", "unipc"})
    void aLaterStepSeesDataUnderItsNoiseAndTellsOfTheStepsThatAreLeft(String name) {
        Watched watched = new Watched();
        List<String> told = new ArrayList<>();
        Tensor x = named(name, 10)
                .sample(
                        watched,
                        SCHEDULE,
                        Start.upon(DATA, NOISE, 7),
                        Seed.of(3),
                        (step, steps, x0) -> told.add(step + "/" + steps));
        assertThat(told).containsExactly("1/3", "2/3", "3/3");
        assertThat(watched.levels.get(0).t()).isCloseTo(299, within(1e-6));
        double alphaBar = SCHEDULE.alphaBar(299);
        Tensor expected = DATA.times(Math.sqrt(alphaBar)).plus(NOISE.times(Math.sqrt(1 - alphaBar)));
        assertThat(watched.asked.get(0).maxDifference(expected)).isLessThan(1e-5);
        // whoever is told the data arrives there
        assertThat(x.maxDifference(DATA)).isLessThan(1e-5);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ddim", "euler", "dpm", "unipc"})
    void atLeastOneStepIsTaken(String name) {
        assertThatThrownBy(
                        () -> named(name, 10).sample(new Watched(), SCHEDULE, Start.upon(DATA, NOISE, 10), Seed.of(3)))
                .hasMessage("expected to leave out fewer than all 10 steps of the sampler, got 10");
        assertThatThrownBy(() -> Start.upon(DATA, NOISE, -1)).hasMessage("expected a first step of at least 0, got -1");
    }

    @Test
    void stepsByRungeAndKuttaComeFirst() {
        Sampler pndm = new PndmSampler(Respacing.leading(10, 1), false, Parameterization.EPSILON);
        assertThatThrownBy(() -> pndm.sample(new Watched(), SCHEDULE, Start.upon(DATA, NOISE, 2), Seed.of(3)))
                .hasMessage("expected to start at the first step of PNDM, as three by Runge and Kutta come first, got 2"
                        + " steps left out; name another sampler, such as ddim");
    }

    @Test
    void whatIsKnownIsShownUnderItsNoiseAndGivenBack() {
        Tensor mask = Tensor.of(new float[] {1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 0, 1}, 1, 1, 4, 4);
        Tensor known = mask.negate().plus(1);
        Watched watched = new Watched();
        Tensor picture = Tensor.full(3, 1, 2, 4, 4);
        Inpainting inpainting = new Inpainting(watched, new Inpainting.Known(picture, NOISE, mask));
        Tensor xt = Seed.of(4).randn(1, 2, 4, 4);
        Denoised denoised = inpainting.denoise(xt, new NoiseLevel(10, 0.64));
        Tensor shown = watched.asked.get(0);
        assertThat(shown.times(mask).maxDifference(xt.times(mask))).isZero();
        Tensor noised = picture.times(0.8).plus(NOISE.times(0.6));
        assertThat(shown.times(known).maxDifference(noised.times(known))).isLessThan(1e-6);
        assertThat(denoised.x0().times(known).maxDifference(picture.times(known)))
                .isZero();
        assertThat(denoised.x0().times(mask).maxDifference(DATA.times(mask))).isZero();
        assertThat(denoised.unclipped().maxDifference(denoised.x0())).isZero();
    }
}
