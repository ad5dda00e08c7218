package org.zeuxis.train.recipe.unclip;

import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * What of each picture is not known: of a quarter of them all, so that whole pictures can be drawn as before; of half a rectangle,
 * and of the rest all but one.
 *
 * @see <a href="https://arxiv.org/abs/2112.10741">GLIDE</a>, section 3.2: "random regions of training examples are erased"
 */
final class RandomMasks {
    private static final double ALL = 0.25;
    private static final double WITHIN = 0.75;
    private static final double LEAST_SIDE = 0.25;
    private static final int DRAWS = 5;

    private RandomMasks() {}

    /** @return 1 where it is not known, [batch, 1, size, size] */
    static Tensor unknown(int batch, int size, Seed seed) {
        float[] draws = seed.rand(batch, DRAWS).toFloats();
        float[] unknown = new float[batch * size * size];
        for (int b = 0; b < batch; b++) {
            int at = b * DRAWS;
            double kind = draws[at];
            int width = side(draws[at + 1], size);
            int height = side(draws[at + 2], size);
            int left = (int) (draws[at + 3] * (size - width + 1));
            int top = (int) (draws[at + 4] * (size - height + 1));
            for (int y = 0; y < size; y++) {
                for (int x = 0; x < size; x++) {
                    boolean within = x >= left && x < left + width && y >= top && y < top + height;
                    boolean drawn = kind < ALL || within == (kind < WITHIN);
                    unknown[(b * size + y) * size + x] = drawn ? 1 : 0;
                }
            }
        }
        return Tensor.of(unknown, batch, 1, size, size);
    }

    private static int side(double draw, int size) {
        return (int) Math.round(size * (LEAST_SIDE + draw * (1 - LEAST_SIDE)));
    }
}
