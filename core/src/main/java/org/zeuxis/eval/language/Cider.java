package org.zeuxis.eval.language;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.zeuxis.eval.drawbench.Estimate;

/**
 * How much captions are like those of people: CIDEr-D, 0 to 10. What many pictures' captions say counts little; a phrase said more
 * often than by a person counts no more, and a caption of another length counts less. The words are those of {@link Words}, where
 * the published numbers have those of the Penn Treebank without punctuation.
 *
 * @param scores of the pictures, in their order
 * @see <a href="https://arxiv.org/abs/1411.5726">CIDEr</a>, section 3 and CIDEr-D in section 6
 */
public record Cider(List<Double> scores) {
    private static final int LONGEST = 4; // words of a phrase
    private static final double SIGMA = 6;
    private static final double SCALE = 10;

    /**
     * A caption that is judged.
     *
     * @param references what people say of the same picture, at least one
     */
    public record Judged(String caption, List<String> references) {
        public Judged {
            references = List.copyOf(references);
            if (references.isEmpty()) {
                throw new IllegalArgumentException("expected at least 1 reference of each caption, got none");
            }
        }
    }

    public Cider {
        scores = List.copyOf(scores);
    }

    /**
     * Judges captions of several pictures, whose references tell which phrases are rare; of a single one nothing is, and it has 0.
     *
     * @throws IllegalArgumentException if there are none
     */
    public static Cider of(List<Judged> captions) {
        if (captions.isEmpty()) throw new IllegalArgumentException("expected at least 1 caption to judge, got none");
        List<List<Map<List<String>, Integer>>> references = captions.stream()
                .map(each -> each.references.stream().map(Cider::phrases).toList())
                .toList();
        Map<List<String>, Integer> pictures = new HashMap<>(); // how many a phrase is said of
        for (List<Map<List<String>, Integer>> of : references) {
            Set<List<String>> said = new HashSet<>();
            of.forEach(reference -> said.addAll(reference.keySet()));
            said.forEach(phrase -> pictures.merge(phrase, 1, Integer::sum));
        }
        List<Double> scores = new ArrayList<>();
        for (int i = 0; i < captions.size(); i++) {
            Weighted candidate = Weighted.of(phrases(captions.get(i).caption), pictures, captions.size());
            double sum = 0;
            for (Map<List<String>, Integer> reference : references.get(i)) {
                sum += candidate.likeness(Weighted.of(reference, pictures, captions.size()));
            }
            scores.add(SCALE * sum / references.get(i).size());
        }
        return new Cider(scores);
    }

    /** Their mean, whose interval is of pictures drawn again. */
    public Estimate mean() {
        return Estimate.of(scores.stream().map(List::of).toList());
    }

    /** How often each phrase of up to four words is said. */
    private static Map<List<String>, Integer> phrases(String caption) {
        List<String> words = Words.of(caption).all();
        Map<List<String>, Integer> counts = new HashMap<>();
        for (int n = 1; n <= LONGEST; n++) {
            for (int from = 0; from + n <= words.size(); from++) {
                counts.merge(words.subList(from, from + n), 1, Integer::sum);
            }
        }
        return counts;
    }

    /**
     * A caption's phrases, each by how often it is said and how rarely of other pictures.
     *
     * @param norms of the phrases of 1, 2, 3 and 4 words
     * @param length in pairs of words, as the reference implementation has it
     */
    private record Weighted(Map<List<String>, Double> weights, double[] norms, int length) {

        static Weighted of(Map<List<String>, Integer> phrases, Map<List<String>, Integer> pictures, int of) {
            Map<List<String>, Double> weights = new HashMap<>();
            double[] squares = new double[LONGEST];
            int length = 0;
            for (Map.Entry<List<String>, Integer> each : phrases.entrySet()) {
                List<String> phrase = each.getKey();
                int said = Math.max(1, pictures.getOrDefault(phrase, 0));
                double weight = each.getValue() * (Math.log(of) - Math.log(said));
                weights.put(phrase, weight);
                squares[phrase.size() - 1] += weight * weight;
                if (phrase.size() == 2) length += each.getValue();
            }
            double[] norms = new double[LONGEST];
            for (int n = 0; n < LONGEST; n++) norms[n] = Math.sqrt(squares[n]);
            return new Weighted(weights, norms, length);
        }

        /** The mean over the lengths of phrases of what is like a cosine. */
        double likeness(Weighted reference) {
            double[] products = new double[LONGEST];
            weights.forEach((phrase, weight) -> {
                double theirs = reference.weights.getOrDefault(phrase, 0.0);
                products[phrase.size() - 1] += Math.min(weight, theirs) * theirs;
            });
            double delta = length - (double) reference.length;
            double sum = 0;
            for (int n = 0; n < LONGEST; n++) {
                double norm = norms[n] * reference.norms[n];
                if (norm > 0) sum += products[n] / norm;
            }
            return sum / LONGEST * Math.exp(-delta * delta / (2 * SIGMA * SIGMA));
        }
    }
}
