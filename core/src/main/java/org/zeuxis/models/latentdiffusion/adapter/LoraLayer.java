package org.zeuxis.models.latentdiffusion.adapter;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.text.Words;

/**
 * What a LoRA adds to one layer: {@code scale * up * down}, where there is a {@code mid} between them for the window of a
 * convolution that both do without.
 *
 * @param down the key of [rank, in, window]
 * @param mid the key of [rank, rank, window]; null if there is none
 * @param up the key of [out, rank, 1, 1]
 * @param scale of the product
 */
record LoraLayer(Weights weights, String down, @Nullable String mid, String up, double scale) {

    /** Why the product has not the shape of a weight, with the key that does not fit; null if it has. */
    @Nullable
    String complaint(long[] shape) {
        long[] narrow = padded(weights.shape(down), shape.length);
        long[] wide = padded(weights.shape(up), shape.length);
        long rank = Math.max(1, narrow[0]);
        long[] expected = shape.clone();
        expected[0] = rank;
        if (mid != null) {
            long[] window = shape.clone();
            window[0] = rank;
            window[1] = rank;
            if (!Arrays.equals(padded(weights.shape(mid), shape.length), window)) return said(mid, window);
            Arrays.fill(expected, 2, expected.length, 1);
        }
        if (!Arrays.equals(narrow, expected)) return said(down, expected);
        long[] outward = shape.clone();
        Arrays.fill(outward, 2, outward.length, 1);
        outward[1] = rank;
        return Arrays.equals(wide, outward) ? null : said(up, outward);
    }

    private String said(String key, long[] expected) {
        return "expected " + Words.clean(key) + " as " + Arrays.toString(expected) + ", got "
                + Arrays.toString(weights.shape(key));
    }

    /** A matrix is a convolution of one pixel; of a matrix the windows of one pixel are left out. */
    private static long[] padded(long[] shape, int rank) {
        if (shape.length > rank && Arrays.stream(shape).skip(rank).allMatch(n -> n == 1)) {
            return Arrays.copyOf(shape, rank);
        }
        long[] padded = Arrays.copyOf(shape, Math.max(rank, shape.length));
        Arrays.fill(padded, shape.length, padded.length, 1);
        return padded;
    }

    /**
     * @param x a weight, in float32
     * @return it and the product, in its shape
     */
    Tensor addedTo(Tensor x) {
        Tensor narrow = matrix(down);
        Tensor wide = matrix(up);
        Tensor product;
        if (mid == null) {
            product = wide.matmul(narrow);
        } else {
            long rank = narrow.size(0);
            // [out, window, rank] times [rank, in]
            Tensor windows = wide.matmul(matrix(mid)).reshape(wide.size(0), rank, -1);
            product = windows.transpose(1, 2).matmul(narrow).transpose(1, 2).contiguous();
        }
        return x.plus(product.times(scale).reshape(x.shape()));
    }

    private Tensor matrix(String key) {
        Tensor stored = weights.tensor(key).to(DType.FLOAT32);
        return stored.reshape(stored.size(0), -1);
    }
}
