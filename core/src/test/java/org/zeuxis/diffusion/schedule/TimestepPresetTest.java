package org.zeuxis.diffusion.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.zeuxis.Golden;
import org.zeuxis.diffusion.schedule.Respacing.Spacing;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;

class TimestepPresetTest {
    @ParameterizedTest
    @EnumSource
    void timestepsAreThoseThatDeepFloydPublishes(TimestepPreset preset) {
        try (Golden golden = Golden.open("pipeline-if-redrawing.safetensors")) {
            String name = preset.name().toLowerCase(Locale.ROOT);
            long[] published = golden.tensor("timesteps." + name).toLongs();
            assertThat(Arrays.stream(preset.timesteps()).asLongStream().toArray())
                    .containsExactly(published);
            assertThat(name).endsWith(Integer.toString(preset.steps()));
            assertThat(TimestepPreset.named(name)).isEqualTo(preset);
            NoiseSchedule schedule = SchedulerConfig.TRAINED_HERE.training().schedule();
            assertThat(Respacing.of(preset).timesteps(schedule)).isEqualTo(preset.timesteps());
        }
        assertThat(TimestepPreset.named("smart28")).isNull();
    }

    @Test
    void aPresetAndItsSpacingGoTogether() {
        assertThatThrownBy(() -> new Respacing(Spacing.PRESET, 27, 0))
                .hasMessage("expected a preset of timesteps for its own spacing alone, got PRESET and null");
    }
}
