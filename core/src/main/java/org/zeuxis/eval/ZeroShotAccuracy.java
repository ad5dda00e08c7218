package org.zeuxis.eval;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.zeuxis.tensor.Tensor;

/**
 * How often the label of a picture is among the first that a classifier names.
 *
 * @param labels all there are
 * @param truths for each picture the place of its label
 * @param ranks for each picture, how many labels were put before its own: 0 is right
 * @param firsts for each picture the place of the label named first
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 3.1
 */
public record ZeroShotAccuracy(List<String> labels, List<Integer> truths, List<Integer> ranks, List<Integer> firsts) {

    public ZeroShotAccuracy {
        if (truths.isEmpty() || truths.size() != ranks.size() || truths.size() != firsts.size()) {
            throw new IllegalArgumentException("expected as many ranks and firsts as pictures, at least 1, got "
                    + truths.size() + ", " + ranks.size() + ", " + firsts.size());
        }
        labels = List.copyOf(labels);
        truths = List.copyOf(truths);
        ranks = List.copyOf(ranks);
        firsts = List.copyOf(firsts);
    }

    /**
     * Ranks every label of every picture. A label as good as the right one counts as before it.
     *
     * @param scores the higher the better, [pictures, labels]
     * @param truths for each picture the place of its label
     */
    public static ZeroShotAccuracy of(Tensor scores, List<String> labels, List<Integer> truths) {
        return among(scores, labels, truths, null);
    }

    /**
     * The same where each picture has its own choice of labels.
     *
     * @param choices for each picture the places of the labels it may be given, its own among them
     */
    public static ZeroShotAccuracy among(
            Tensor scores, List<String> labels, List<Integer> truths, int @Nullable [][] choices) {
        scores.expect("pictures", labels.size());
        float[] all = scores.toFloats();
        int[] every = IntStream.range(0, labels.size()).toArray();
        List<Integer> ranks = new ArrayList<>();
        List<Integer> firsts = new ArrayList<>();
        for (int i = 0; i < truths.size(); i++) {
            int start = i * labels.size();
            int own = truths.get(i);
            int first = own;
            int before = 0;
            for (int label : choices == null ? every : choices[i]) {
                if (label == own) continue;
                if (!(all[start + label] < all[start + own])) before++;
                if (!(all[start + label] < all[start + first])) first = label;
            }
            ranks.add(before);
            firsts.add(first);
        }
        return new ZeroShotAccuracy(labels, truths, ranks, firsts);
    }

    /** The share of pictures whose label is among the first {@code k}. */
    public Proportion top(int k) {
        return new Proportion(ranks.stream().filter(rank -> rank < k).count(), ranks.size());
    }

    /** Of the pictures of each label, the share that is given it first; labels without pictures are left out. */
    public Map<String, Proportion> perClass() {
        Map<String, Proportion> all = new LinkedHashMap<>();
        for (int label = 0; label < labels.size(); label++) {
            int pictures = 0;
            int right = 0;
            for (int i = 0; i < truths.size(); i++) {
                if (truths.get(i) != label) continue;
                pictures++;
                if (ranks.get(i) == 0) right++;
            }
            if (pictures > 0) all.put(labels.get(label), new Proportion(right, pictures));
        }
        return all;
    }

    /** How often a picture of the label of a row is given the label of a column. */
    public long[][] confusion() {
        long[][] counts = new long[labels.size()][labels.size()];
        for (int i = 0; i < truths.size(); i++) counts[truths.get(i)][firsts.get(i)]++;
        return counts;
    }

    @Override
    public String toString() {
        return "top-1 " + top(1) + ", top-5 " + top(5) + " of " + labels.size() + " labels";
    }
}
