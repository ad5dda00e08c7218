package org.zeuxis.diffusion.schedule;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Timesteps as DeepFloyd publishes them by name: the 1,000 of the training in equal sections, of each of which so many are visited,
 * evenly.
 *
 * @see <a href="https://arxiv.org/abs/2112.10741">GLIDE</a>, whose samplers have such sections
 */
public enum TimestepPreset {
    FAST27(10, 10, 3, 2, 2),
    SMART27(7, 4, 2, 1, 2, 4, 7),
    SMART50(10, 6, 4, 3, 2, 2, 3, 4, 6, 10),
    SMART100(1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 3, 3, 4, 4, 5, 5, 6, 7, 7, 8, 9, 10, 13),
    SMART185(1, 1, 2, 2, 2, 3, 3, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20),
    SUPER27(1, 1, 1, 1, 1, 1, 1, 2, 5, 13),
    SUPER40(2, 2, 2, 2, 2, 2, 3, 4, 6, 15),
    SUPER100(4, 4, 6, 6, 8, 8, 10, 10, 14, 30);

    static final int TRAIN_STEPS = 1000;

    private final int[] sections;

    TimestepPreset(int... sections) {
        this.sections = sections;
    }

    /** The one of this name in any case; null if there is none. */
    public static @Nullable TimestepPreset named(String name) {
        return Arrays.stream(values())
                .filter(preset -> preset.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst()
                .orElse(null);
    }

    public int steps() {
        return Arrays.stream(sections).sum();
    }

    /** Highest first. */
    public int[] timesteps() {
        int[] timesteps = new int[steps()];
        int at = timesteps.length;
        int begin = 0;
        for (int s = 0; s < sections.length; s++) {
            // what does not part evenly goes to the first sections
            int size = TRAIN_STEPS / sections.length + (s < TRAIN_STEPS % sections.length ? 1 : 0);
            double stride = sections[s] == 1 ? 0 : (size - 1.0) / (sections[s] - 1);
            double place = 0; // summed up, as published
            for (int i = 0; i < sections[s]; i++, place += stride) timesteps[--at] = begin + (int) Math.rint(place);
            begin += size;
        }
        return timesteps;
    }
}
