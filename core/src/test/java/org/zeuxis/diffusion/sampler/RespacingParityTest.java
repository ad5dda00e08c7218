package org.zeuxis.diffusion.sampler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.NoiseLevel;
import org.zeuxis.diffusion.NoiseSchedule;
import org.zeuxis.diffusion.Respacing;
import org.zeuxis.diffusion.Respacing.Spacing;
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
    @EnumSource(mode = Mode.EXCLUDE, names = "KARRAS")
    void timestepsAndSigmasAreThoseOfDiffusers(Spacing spacing) {
        try (Golden golden = Golden.open("samplers-schedules.safetensors")) {
            for (int steps : new int[] {1, 4, 7, 20, 30, 50}) {
                HalfLogSnr half = new HalfLogSnr(of(spacing, steps), SCHEDULE);
                NoiseLevel[] levels = new NoiseLevel[steps];
                Arrays.setAll(levels, half::level);
                check(golden, key("DPMSolverMultistep", spacing, steps), levels);
                // diffusers starts a single linspaced step from data, which ends in nothing
                if (steps == 1 && spacing == Spacing.LINSPACE) continue;
                long[] whole = Arrays.stream(of(spacing, steps).timesteps(SCHEDULE))
                        .asLongStream()
                        .toArray();
                golden.check("out.timesteps." + key("DDPM", spacing, steps), Tensor.of(whole, steps), 0);
                golden.check("out.timesteps." + key("DDIM", spacing, steps), Tensor.of(whole, steps), 0);
                NoiseLevel[] any = of(spacing, steps).levels(SCHEDULE);
                check(golden, key("EulerDiscrete", spacing, steps), any);
                check(golden, key("EulerAncestralDiscrete", spacing, steps), any);
                check(golden, key("LMSDiscrete", spacing, steps), any);
            }
        }
    }

    private static void check(Golden golden, String key, NoiseLevel[] levels) {
        int steps = levels.length;
        double[] t = Arrays.stream(levels).mapToDouble(NoiseLevel::t).toArray();
        double[] sigma = Arrays.stream(levels).mapToDouble(NoiseLevel::sigma).toArray();
        golden.check("out.timesteps." + key, Tensor.of(t, steps), 1e-4);
        golden.check("out.sigmas." + key, Tensor.of(Arrays.copyOf(sigma, steps + 1), steps + 1), 2e-6);
    }

    @Test
    void aSingleLinspacedStepStartsFromNoise() {
        assertThat(Respacing.linspace(1).timesteps(SCHEDULE)).containsExactly(999);
        assertThat(Respacing.karras(1).timesteps(SCHEDULE)).containsExactly(999);
    }

    @Test
    void refusesStepsThatCannotBe() {
        assertThatThrownBy(() -> Respacing.trailing(0)).hasMessageContaining("at least 1 sampling step, got 0");
        assertThatThrownBy(() -> Respacing.trailing(-3)).hasMessageContaining("got -3");
        assertThatThrownBy(() -> Respacing.leading(10, -1)).hasMessageContaining("steps_offset of at least 0");
        assertThatThrownBy(() -> Respacing.leading(1000, 1).timesteps(SCHEDULE))
                .hasMessageContaining("take fewer than 1000 steps or a steps_offset below 1");
        assertThatThrownBy(() -> Respacing.linspace(1001).levels(SCHEDULE))
                .hasMessageContaining("at most 1000 sampling steps");
    }
}
