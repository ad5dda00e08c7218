package org.zeuxis.data.pictogram;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zeuxis.data.Draws;

/**
 * Names that no language has, such as {@code dax} and {@code blicket}: who is shown a thing so called can only know its name
 * from having been told before.
 *
 * @see <a href="https://arxiv.org/abs/2106.13884">Multimodal few-shot learning with frozen language models</a>, section 4.2
 */
public final class InventedNames {
    private static final List<String> ONSETS =
            List.of("b bl br d dr f fl g gl gr h j k kl l m n p pl pr r s sk sl sn sp st t tr v w z".split(" "));
    private static final List<String> VOWELS = List.of("a e i o u ee oo".split(" "));
    private static final List<String> ENDS = List.of("ck f g l m n p r sh t x".split(" "));
    private static final double ENDED = 0.9;
    private static final int MOST_SYLLABLES = 3;

    private InventedNames() {}

    /**
     * A name for each of these, the same for those that are the same, and no other's.
     *
     * @param labels what they are called otherwise
     */
    public static List<String> of(List<String> labels, Draws draws) {
        Map<String, String> names = new HashMap<>();
        Set<String> taken = new HashSet<>(labels);
        List<String> all = new ArrayList<>();
        for (String label : labels) {
            String name = names.get(label);
            if (name == null) {
                do name = invented(draws);
                while (!taken.add(name));
                names.put(label, name);
            }
            all.add(name);
        }
        return all;
    }

    private static String invented(Draws draws) {
        StringBuilder name = new StringBuilder();
        for (int left = 1 + draws.below(MOST_SYLLABLES); left > 0; left--) {
            name.append(draws.of(ONSETS)).append(draws.of(VOWELS));
            if (left == 1 && draws.chance(ENDED)) name.append(draws.of(ENDS));
        }
        return name.toString();
    }
}
