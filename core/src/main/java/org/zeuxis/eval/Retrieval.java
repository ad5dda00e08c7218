package org.zeuxis.eval;

import java.util.ArrayList;
import java.util.List;
import org.zeuxis.tensor.Tensor;

/**
 * How often the text of a picture, or a picture of a text, is among the nearest.
 *
 * @param textRanks for each picture, how many texts are at least as near as its own
 * @param imageRanks for each text, how many pictures of other texts are at least as near as the nearest of its own
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, Table 13
 */
public record Retrieval(List<Integer> textRanks, List<Integer> imageRanks) {

    /**
     * @param images [n, width], each of length 1
     * @param texts [m, width], each of length 1
     * @param own for each picture the place of its text; every text has at least one
     */
    public static Retrieval of(Tensor images, Tensor texts, List<Integer> own) {
        int n = own.size();
        int m = (int) texts.size(0);
        images.expect("pictures", texts.size(1));
        float[] cosines = images.matmul(texts.transpose(0, 1)).toFloats();
        List<Integer> textRanks = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            float mine = cosines[i * m + own.get(i)];
            int before = 0;
            for (int j = 0; j < m; j++) if (j != own.get(i) && cosines[i * m + j] >= mine) before++;
            textRanks.add(before);
        }
        List<Integer> imageRanks = new ArrayList<>();
        for (int j = 0; j < m; j++) {
            float mine = Float.NEGATIVE_INFINITY;
            for (int i = 0; i < n; i++) if (own.get(i) == j) mine = Math.max(mine, cosines[i * m + j]);
            if (mine == Float.NEGATIVE_INFINITY) {
                throw new IllegalArgumentException("expected a picture of every text, got none of text " + j);
            }
            int before = 0;
            for (int i = 0; i < n; i++) if (own.get(i) != j && cosines[i * m + j] >= mine) before++;
            imageRanks.add(before);
        }
        return new Retrieval(textRanks, imageRanks);
    }

    /** R@k from picture to text. */
    public Proportion texts(int k) {
        return recall(textRanks, k);
    }

    /** R@k from text to picture. */
    public Proportion images(int k) {
        return recall(imageRanks, k);
    }

    private static Proportion recall(List<Integer> ranks, int k) {
        return new Proportion(ranks.stream().filter(rank -> rank < k).count(), ranks.size());
    }
}
