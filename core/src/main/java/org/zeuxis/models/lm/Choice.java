package org.zeuxis.models.lm;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** How the next token is taken from what a language model says of all tokens. */
public interface Choice {
    /** Always the likeliest. */
    Choice GREEDY = (scores, step) -> scores.argmax(-1);

    /**
     * @param scores [batch, vocabulary], in float32
     * @param step how many tokens were taken before
     * @return the tokens, [batch] of int64
     */
    Tensor next(Tensor scores, int step);

    /**
     * Draws among the likeliest.
     *
     * @param temperature below 1 the likely become likelier; above 0
     * @param topK among how many; 0 for all
     * @param topP among the fewest that have this share of the probability together; 1 for all
     * @see <a href="https://arxiv.org/abs/1904.09751">The Curious Case of Neural Text Degeneration</a>, section 3.1
     */
    static Choice drawn(double temperature, int topK, double topP, long seed) {
        if (!(temperature > 0) || topK < 0 || !(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException(
                    "expected a temperature above 0, a top-k of at least 0 and a top-p within" + " (0, 1], got "
                            + temperature + ", " + topK + " and " + topP);
        }
        return (scores, step) -> {
            float[] all = scores.over(temperature).softmax(-1).toFloats();
            int vocabulary = Math.toIntExact(scores.size(-1));
            float[] chance = Seed.of(seed, step).rand(scores.size(0)).toFloats();
            long[] taken = new long[chance.length];
            for (int b = 0; b < taken.length; b++) {
                float[] p = Arrays.copyOfRange(all, b * vocabulary, (b + 1) * vocabulary);
                taken[b] = draw(p, topK == 0 ? vocabulary : topK, topP, chance[b]);
            }
            return Tensor.of(taken, taken.length);
        };
    }

    /** As programs ask for it who leave open, by null, what they do not mind: the likeliest if nothing is said, or at temperature 0. */
    static Choice asked(@Nullable Double temperature, @Nullable Integer topK, @Nullable Double topP, long seed) {
        boolean open = temperature == null && topK == null && topP == null;
        if (open || temperature != null && temperature == 0) return GREEDY;
        return drawn(temperature == null ? 1 : temperature, topK == null ? 0 : topK, topP == null ? 1 : topP, seed);
    }

    private static int draw(float[] p, int topK, double topP, double chance) {
        Integer[] order = new Integer[p.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Float.compare(p[b], p[a]));
        int kept = 0;
        double first = 0; // of the likeliest k
        for (int i = 0; i < Math.min(topK, p.length); i++) first += p[order[i]];
        double share = 0;
        while (kept < Math.min(topK, p.length) && share < topP * first) share += p[order[kept++]];
        double left = chance * share;
        for (int i = 0; i < kept; i++) {
            left -= p[order[i]];
            if (left < 0) return order[i];
        }
        return order[kept - 1];
    }
}
