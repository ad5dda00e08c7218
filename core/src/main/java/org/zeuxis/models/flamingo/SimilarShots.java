package org.zeuxis.models.flamingo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;

/**
 * Which of many examples to show before a question: those whose pictures a CLIP finds most like the one in question (RICES).
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, appendix A.2
 */
public final class SimilarShots {
    private final ClipFolder clip;
    private final float[][] embedded;

    /**
     * Looks at every example once.
     *
     * @param clip stays open for as long as this is asked
     * @param pictures of the examples, at least one
     */
    public SimilarShots(ClipFolder clip, List<Image> pictures) {
        this.clip = clip;
        this.embedded = embed(pictures);
    }

    private float[][] embed(List<Image> pictures) {
        float[] all = clip.embedImages(pictures).toFloats();
        int width = all.length / pictures.size();
        float[][] rows = new float[pictures.size()][width];
        for (int i = 0; i < rows.length; i++) System.arraycopy(all, i * width, rows[i], 0, width);
        return rows;
    }

    /**
     * The numbers of the examples most like a picture.
     *
     * @param count how many; fewer if there are not so many
     * @return the most alike last, next to the question
     */
    public List<Integer> nearest(Image picture, int count) {
        float[] asked = embed(List.of(picture))[0];
        List<Integer> all = new ArrayList<>(IntStream.range(0, embedded.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -cosine(asked, embedded[i])))
                .limit(Math.max(0, count))
                .toList());
        Collections.reverse(all);
        return List.copyOf(all);
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) sum += a[i] * b[i];
        return sum;
    }
}
