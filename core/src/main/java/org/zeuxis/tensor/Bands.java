package org.zeuxis.tensor;

import java.util.function.UnaryOperator;

/**
 * Computes what is made of one large picture in bands of rows, so that what lies on the way to it is never there as a whole.
 */
public final class Bands {
    private static final long LARGEST_WHOLE = 512 * 512; // pixels
    private static final long PIXELS = 32 * 1024; // of a band

    private Bands() {}

    /** Some rows of a picture. */
    @FunctionalInterface
    public interface Rows {
        /** @return [1, channels, below − top, columns] */
        Tensor between(long top, long below);
    }

    /** What is done with one band. */
    @FunctionalInterface
    public interface Visit {
        void rows(long top, long below);
    }

    /** Whether [batch, channels, height, columns] is one large picture, and nothing of it is needed again for gradients. */
    public static boolean suit(long batch, long height, long columns) {
        return batch == 1 && height * columns > LARGEST_WHOLE && !Gradients.recorded();
    }

    /** Band after band, from top to bottom; what each makes and does not keep is freed after it. */
    public static void each(long height, long columns, Visit visit) {
        long rows = Math.max(1, PIXELS / columns);
        for (long top = 0; top < height; top += rows) {
            try (Scope scope = new Scope()) {
                visit.rows(top, Math.min(top + rows, height));
            }
        }
    }

    /** The whole of which {@code band} gives the rows, [1, channels, height, columns], laid out as convolutions are fastest on. */
    public static Tensor whole(long height, long columns, Rows band) {
        Tensor whole = null;
        long rows = Math.max(1, PIXELS / columns);
        for (long top = 0; top < height; top += rows) {
            try (Scope scope = new Scope()) {
                long below = Math.min(top + rows, height);
                Tensor y = band.between(top, below);
                if (whole == null) whole = scope.keep(room(y, height));
                InPlace.assign(whole.slice(2, top, below), y);
            }
        }
        if (whole == null) throw new IllegalArgumentException("expected a picture of at least one row, got none");
        return whole;
    }

    private static Tensor room(Tensor band, long height) {
        return new Tensor(band.raw()
                .new_empty(band.size(0), height, band.size(3), band.size(1))
                .permute(0, 3, 1, 2));
    }

    /**
     * What {@code layer}, of whose result each row depends on those above and below too, makes of a picture's rows.
     *
     * @param height of the whole picture, beyond whose edges the layer pads
     */
    public static Tensor withNeighbours(Rows x, UnaryOperator<Tensor> layer, long top, long below, long height) {
        long from = Math.max(0, top - 1);
        Tensor y = layer.apply(x.between(from, Math.min(height, below + 1)));
        return y.slice(2, top - from, below - from);
    }
}
