package org.zeuxis.eval;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.zeuxis.tensor.Tensor;

/**
 * The labels that a supervised classifier tells apart, asked to choose among others.
 *
 * @param labels in the order of its logits
 */
public record TaughtLabels(List<String> labels) {
    public TaughtLabels {
        labels = List.copyOf(labels);
    }

    /**
     * Scores any choices; one that was not taught has the score of negative infinity.
     *
     * @param logits [pictures, labels]
     * @return the higher the better, [pictures, choices]
     */
    public Tensor scores(Tensor logits, List<String> choices) {
        logits.expect("pictures", labels.size());
        Map<String, Integer> places = places();
        int n = (int) logits.size(0);
        float[] given = logits.toFloats();
        float[] scores = new float[n * choices.size()];
        Arrays.fill(scores, Float.NEGATIVE_INFINITY);
        for (int j = 0; j < choices.size(); j++) {
            Integer place = places.get(choices.get(j));
            if (place == null) continue;
            for (int i = 0; i < n; i++) scores[i * choices.size() + j] = given[i * labels.size() + place];
        }
        return Tensor.of(scores, n, choices.size());
    }

    /** Where each label stands. */
    Map<String, Integer> places() {
        Map<String, Integer> places = new HashMap<>();
        for (int i = 0; i < labels.size(); i++) places.put(labels.get(i), i);
        return places;
    }
}
