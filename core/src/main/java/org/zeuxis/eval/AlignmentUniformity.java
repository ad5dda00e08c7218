package org.zeuxis.eval;

import java.util.List;
import java.util.Locale;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * What contrastive learning strives for: that what belongs together lies together, and that all else is spread over
 * the sphere. The lower, the better, both of them.
 *
 * <p>With f on the unit sphere, alignment is the mean of |f(x) - f(y)|² over pairs (x, y) that belong together, 0 to 4;
 * uniformity is log of the mean of exp(-2 |f(x) - f(y)|²) over all pairs of different samples, 0 if all are at one
 * point, about -4 where they are spread evenly over a sphere of many dimensions.
 *
 * @param alignment of each picture with its own text
 * @param images the uniformity of the pictures
 * @param texts the uniformity of the texts, each once
 * @see <a href="https://arxiv.org/abs/2005.10242">Wang and Isola (2020)</a>, equations 2 and 3, with alpha = t = 2
 */
public record AlignmentUniformity(double alignment, double images, double texts) {
    private static final int BLOCK = 512;
    private static final double T = 2;

    /**
     * @param images [n, width], each of length 1
     * @param texts [m, width], each of length 1
     * @param own for each picture the place of its text
     */
    public static AlignmentUniformity of(Tensor images, Tensor texts, List<Integer> own) {
        images.expect("pictures", texts.size(1));
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            Tensor places = Tensor.of(own.stream().mapToLong(Integer::longValue).toArray(), own.size());
            Tensor apart = images.minus(texts.pick(0, places)).to(DType.FLOAT64);
            return new AlignmentUniformity(apart.square().sum(-1).mean().item(), uniformity(images), uniformity(texts));
        }
    }

    /**
     * The uniformity of points on the unit sphere.
     *
     * @param points [n, width], each of length 1
     * @return not a number, if there are fewer than two
     */
    public static double uniformity(Tensor points) {
        long n = points.size(0);
        double sum = 0;
        try (Gradients off = Gradients.off();
                Scope all = new Scope()) {
            Tensor x = points.to(DType.FLOAT64);
            for (long from = 0; from < n; from += BLOCK) {
                try (Scope scope = new Scope()) {
                    Tensor cosines = x.slice(0, from, Math.min(n, from + BLOCK)).matmul(x.transpose(0, 1));
                    Tensor squares = cosines.times(-2).plus(2);
                    sum += squares.times(-T).exp().sum().item();
                }
            }
            double alone =
                    x.square().sum(-1).times(-2).plus(2).times(-T).exp().sum().item(); // each with itself
            return Math.log((sum - alone) / (n * (n - 1.0)));
        }
    }

    /** Such as {@code alignment 1.012, uniformity of pictures -2.931, of texts -2.774}. */
    @Override
    public String toString() {
        return String.format(
                Locale.ROOT, "alignment %.3f, uniformity of pictures %.3f, of texts %.3f", alignment, images, texts);
    }
}
