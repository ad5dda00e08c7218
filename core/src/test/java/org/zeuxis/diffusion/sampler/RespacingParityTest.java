package org.zeuxis.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.schedule.DpmDiscretization;
import org.zeuxis.diffusion.schedule.EdmDiscretization;
import org.zeuxis.diffusion.schedule.End;
import org.zeuxis.diffusion.schedule.NoiseLevels;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.schedule.Respacing;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.diffusion.schedule.SigmaRange;
import org.zeuxis.diffusion.schedule.SigmaSpacing;
import org.zeuxis.tensor.Tensor;

class RespacingParityTest {
    private static final NoiseSchedule SCHEDULE = NoiseSchedule.scaledLinear(1000, 0.00085, 0.012);

    private static Respacing of(Spacing spacing, int steps) {
        return new Respacing(spacing, steps, spacing == Spacing.LEADING ? 1 : 0);
    }

    private static String key(String scheduler, Spacing spacing, int steps) {
        return scheduler + "." + spacing.name().toLowerCase(Locale.ROOT) + "." + steps;
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "PRESET")
    void timestepsAndSigmasAreThoseOfDiffusers(Spacing spacing) {
        try (Golden golden = Golden.open("samplers-schedules.safetensors")) {
            for (int steps : new int[] {1, 4, 7, 20, 30, 50}) {
                NoiseLevels levels = new DpmDiscretization(of(spacing, steps)).of(SCHEDULE);
                check(golden, key("DPMSolverMultistep", spacing, steps), levels);
                // diffusers starts a single linspaced step from data, which ends in nothing
                if (steps == 1 && spacing == Spacing.LINSPACE) continue;
                long[] whole = Arrays.stream(of(spacing, steps).timesteps(SCHEDULE))
                        .asLongStream()
                        .toArray();
                golden.check("out.timesteps." + key("DDPM", spacing, steps), Tensor.of(whole, steps), 0);
                golden.check("out.timesteps." + key("DDIM", spacing, steps), Tensor.of(whole, steps), 0);
                NoiseLevels any = new EdmDiscretization(of(spacing, steps)).of(SCHEDULE);
                check(golden, key("EulerDiscrete", spacing, steps), any);
                check(golden, key("EulerAncestralDiscrete", spacing, steps), any);
                check(golden, key("LMSDiscrete", spacing, steps), any);
            }
        }
    }

    private static void check(Golden golden, String key, NoiseLevels levels) {
        int steps = levels.steps();
        double[] t =
                IntStream.range(0, steps).mapToDouble(i -> levels.at(i).t()).toArray();
        double[] sigma =
                IntStream.rangeClosed(0, steps).mapToDouble(levels::sigma).toArray();
        golden.check("out.timesteps." + key, Tensor.of(t, steps), 1e-4);
        golden.check("out.sigmas." + key, Tensor.of(sigma, steps + 1), 2e-6);
    }

    @Test
    void aSingleLinspacedStepStartsFromNoise() {
        assertThat(Respacing.linspace(1).timesteps(SCHEDULE)).containsExactly(999);
        NoiseLevels karras = new EdmDiscretization(
                        Respacing.linspace(1),
                        new SigmaRange(SigmaSpacing.KARRAS),
                        EdmDiscretization.Interpolation.LINEAR,
                        EdmDiscretization.Told.TIMESTEP,
                        End.DATA)
                .of(SCHEDULE);
        assertThat(karras.at(0).t()).isEqualTo(999);
    }

    @Test
    void refusesStepsThatCannotBe() {
        assertThatThrownBy(() -> Respacing.trailing(0)).hasMessageContaining("at least 1 sampling step, got 0");
        assertThatThrownBy(() -> Respacing.trailing(-3)).hasMessageContaining("got -3");
        assertThatThrownBy(() -> Respacing.leading(10, -1)).hasMessageContaining("steps_offset of at least 0");
        assertThatThrownBy(() -> Respacing.leading(1000, 1).timesteps(SCHEDULE))
                .hasMessageContaining("take fewer than 1000 steps or a steps_offset below 1");
        assertThatThrownBy(() -> new EdmDiscretization(Respacing.linspace(1001)).of(SCHEDULE))
                .hasMessageContaining("at most 1000 sampling steps");
        assertThatThrownBy(() -> new DpmDiscretization(Respacing.linspace(1000)).of(SCHEDULE))
                .hasMessageContaining("at most 999 sampling steps");
        assertThatThrownBy(() -> new DpmDiscretization(Respacing.leading(999, 1)).of(SCHEDULE))
                .hasMessageContaining("first timestep of at most 999, got 1000");
    }
}
