package org.zeuxis.diffusion.sampler;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.zeuxis.diffusion.Respacing;

/** Samplers by the name a command line gives them. */
public final class Samplers {
    private static final Map<String, Function<Respacing, Sampler>> NAMED = new TreeMap<>(Map.of(
            "ddpm", AncestralSampler::new,
            "ddim", respacing -> new DdimSampler(respacing, 0, false),
            "pndm", respacing -> new PndmSampler(respacing, false),
            "lms", LmsSampler::new,
            "euler", EulerSampler::new,
            "euler-ancestral", EulerAncestralSampler::new,
            "heun", HeunSampler::new,
            "dpm++2m", DpmSolverPlusPlus::new,
            "dpm++2m-sde", DpmSolverPlusPlusSde::new));

    private Samplers() {}

    /** Every name {@link #named} knows, in alphabetical order. */
    public static List<String> names() {
        return List.copyOf(NAMED.keySet());
    }

    /**
     * The sampler of this name as Stable Diffusion uses it, visiting the timesteps of {@code respacing}.
     *
     * @throws IllegalArgumentException if there is none; the message names the nearest
     */
    public static Sampler named(String name, Respacing respacing) {
        Function<Respacing, Sampler> sampler = NAMED.get(name.toLowerCase(Locale.ROOT));
        if (sampler != null) return sampler.apply(respacing);
        String nearest = NAMED.keySet().stream()
                .min(Comparator.comparingInt(known -> edits(known, name.toLowerCase(Locale.ROOT))))
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
