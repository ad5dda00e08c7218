package org.zeuxis.eval.fidelity;

import java.util.Locale;
import org.zeuxis.tensor.Tensor;

/**
 * How well pictures fit their captions, to a CLIP.
 *
 * @param mean over the pictures, of 2.5 · max(cos, 0)
 * @param margin how far the mean may be off either way, at 95 %
 * @param pictures how many
 * @see <a href="https://arxiv.org/abs/2104.08718">CLIPScore</a>, section 3
 */
public record ClipScore(double mean, double margin, int pictures) {
    private static final double W = 2.5;
    private static final double Z = 1.959963984540054; // 95 %

    /** What the paper puts before each caption. */
    public static final String BEFORE = "A photo depicts ";

    /**
     * @param images [pictures, width], each of length 1
     * @param texts of the same pictures, in this order, [pictures, width], each of length 1
     */
    public static ClipScore of(Tensor images, Tensor texts) {
        texts.expect("", images.size(0), images.size(1));
        float[] cosines = images.times(texts).sum(-1).toFloats();
        int n = cosines.length;
        double mean = 0;
        for (float cosine : cosines) mean += score(cosine) / n;
        double squares = 0;
        for (float cosine : cosines) squares += Math.pow(score(cosine) - mean, 2);
        return new ClipScore(mean, n < 2 ? W : Z * Math.sqrt(squares / (n - 1) / n), n);
    }

    /** Of a picture whose embedding has this cosine with that of its caption. */
    public static double score(double cosine) {
        return W * Math.max(0, cosine);
    }

    /** Such as {@code 0.781 ± 0.012 (of 2.5; 480 pictures)}. */
    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f ± %.3f (of %.1f; %d pictures)", mean, margin, W, pictures);
    }
}
