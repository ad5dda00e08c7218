package org.zeuxis.diffusion.scheduler;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Samplers by the name a command line gives them. */
public final class SamplerNames {
    private static final Map<String, SchedulerClass> NAMED = new TreeMap<>(Map.of(
            "ddpm", SchedulerClass.DDPM,
            "ddim", SchedulerClass.DDIM,
            "pndm", SchedulerClass.PNDM,
            "lms", SchedulerClass.LMS,
            "euler", SchedulerClass.EULER,
            "euler-ancestral", SchedulerClass.EULER_ANCESTRAL,
            "heun", SchedulerClass.HEUN,
            "dpm++2m", SchedulerClass.DPM_MULTISTEP,
            "dpm++2m-sde", SchedulerClass.DPM_MULTISTEP,
            "unipc", SchedulerClass.UNIPC));

    private SamplerNames() {}

    /** All of them, in alphabetical order. */
    public static List<String> all() {
        return List.copyOf(NAMED.keySet());
    }

    /** @throws IllegalArgumentException if there is none; the message names the nearest */
    static SchedulerClass named(String name) {
        SchedulerClass known = NAMED.get(name);
        if (known != null) return known;
        String nearest = NAMED.keySet().stream()
                .min(Comparator.comparingInt(other -> edits(other, name)))
                .orElseThrow();
        throw new IllegalArgumentException("expected a sampler of " + String.join(", ", NAMED.keySet()) + ", got "
                + name + "; nearest: " + nearest);
    }

    /** The fewest letters to change, add or take away to make one word of the other. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j < row.length; j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
