package org.zeuxis.diffusion.scheduler;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Samplers by the name a command line gives them. */
public final class SamplerNames {
    private static final Map<String, SchedulerClass> NAMED = named();

    /** What a name may end with, and the key that this stands for. */
    private static final Map<String, String> SPACINGS = Map.of(
            "-karras", "use_karras_sigmas", "-exponential", "use_exponential_sigmas", "-beta", "use_beta_sigmas");

    private SamplerNames() {}

    private static Map<String, SchedulerClass> named() {
        Map<String, SchedulerClass> named = new TreeMap<>();
        for (SchedulerClass known : SchedulerClass.values()) named.putIfAbsent(known.sampler(), known);
        named.put("dpm++2m-sde", SchedulerClass.DPM_MULTISTEP);
        named.put("dpm++3m-sde", SchedulerClass.DPM_MULTISTEP);
        return named;
    }

    /** Whether there is one, by its name alone or with a spacing of the noise behind it: {@code dpm++2m-karras}. */
    public static boolean knows(String name) {
        return NAMED.containsKey(withoutSpacing(name.toLowerCase(Locale.ROOT)));
    }

    static String withoutSpacing(String name) {
        String ending = ending(name);
        return name.substring(0, name.length() - ending.length());
    }

    /** The keys of the spacing that a name ends with; none if it ends with none. */
    static Map<String, Object> spacing(String name) {
        Map<String, Object> keys = new HashMap<>();
        String ending = ending(name);
        if (ending.isEmpty()) return keys;
        keys.put("use_lu_lambdas", false);
        SPACINGS.forEach((end, key) -> keys.put(key, end.equals(ending)));
        return keys;
    }

    private static String ending(String name) {
        return SPACINGS.keySet().stream().filter(name::endsWith).findFirst().orElse("");
    }

    /** All of them without spacings, in alphabetical order. */
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
