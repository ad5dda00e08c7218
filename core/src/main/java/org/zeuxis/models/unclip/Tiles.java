package org.zeuxis.models.unclip;

import org.zeuxis.diffusion.Network;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Asks a network for a large picture tile by tile, so that memory is that of one tile; where tiles overlap, what it says of one
 * fades into what it says of the next.
 *
 * @param size of a tile in pixels
 * @param overlap by at least how many pixels neighbours overlap
 * @see <a href="https://arxiv.org/abs/2302.08113">MultiDiffusion</a>, equation 5
 */
record Tiles(int size, int overlap) {
    Tiles {
        if (overlap < 1 || overlap >= size) {
            throw new IllegalArgumentException(
                    "expected an overlap of at least 1 pixel and less than the tile's " + size + ", got " + overlap);
        }
    }

    /** A network that is told a second picture beside the noised one. */
    @FunctionalInterface
    interface Beside {
        /** @param small of x's shape */
        Tensor predict(Tensor x, Tensor t, Tensor small);
    }

    /** @param small the second picture, [batch, 3, height, columns] */
    Network over(Beside network, Tensor small) {
        return (x, t) -> {
            long height = x.size(2);
            long columns = x.size(3);
            if (height <= size && columns <= size) return network.predict(x, t, small);
            int[] tops = starts(height);
            int[] lefts = starts(columns);
            Tensor sum = Tensor.zeros(1);
            Tensor weights = Tensor.zeros(1);
            for (int top : tops) {
                for (int left : lefts) {
                    try (Scope scope = new Scope()) {
                        Tensor said = network.predict(cut(x, top, left), t, cut(small, top, left));
                        Tensor weight = weight(top, said.size(2), height)
                                .reshape(1, 1, -1, 1)
                                .times(weight(left, said.size(3), columns));
                        int right = (int) (columns - left - said.size(3));
                        int bottom = (int) (height - top - said.size(2));
                        sum = scope.replace(sum, sum.plus(said.times(weight).pad(left, right, top, bottom)));
                        weights = scope.replace(weights, weights.plus(weight.pad(left, right, top, bottom)));
                    }
                }
            }
            return sum.over(weights);
        };
    }

    /** Where tiles begin, evenly from end to end. */
    private int[] starts(long length) {
        if (length <= size) return new int[1];
        int count = (int) ((length - overlap + size - overlap - 1) / (size - overlap));
        int[] starts = new int[count];
        for (int i = 0; i < count; i++) starts[i] = (int) Math.round((length - size) * (double) i / (count - 1));
        return starts;
    }

    private Tensor cut(Tensor x, int top, int left) {
        Tensor rows = x.slice(2, top, Math.min(top + size, x.size(2)));
        return rows.slice(3, left, Math.min(left + size, x.size(3)));
    }

    /** Rises from the edge where a neighbour overlaps, and stays 1 at the edge of the picture. */
    private Tensor weight(int start, long length, long whole) {
        float[] values = new float[(int) length];
        for (int i = 0; i < length; i++) {
            double fromStart = start == 0 ? 1 : (i + 0.5) / overlap;
            double fromEnd = start + length == whole ? 1 : (length - i - 0.5) / overlap;
            values[i] = (float) Math.min(1, Math.min(fromStart, fromEnd));
        }
        return Tensor.of(values, length);
    }
}
