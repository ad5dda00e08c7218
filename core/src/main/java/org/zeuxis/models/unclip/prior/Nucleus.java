package org.zeuxis.models.unclip.prior;

import java.util.Arrays;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * Draws from the likeliest only: from as few as have a share of the probability together.
 *
 * @param temperature logits are divided by it; 0 takes the likeliest
 * @param topP the share; 1 draws from all
 * @see <a href="https://arxiv.org/abs/1904.09751">The curious case of neural text degeneration</a>, section 3.1
 */
public record Nucleus(double temperature, double topP) {
    public Nucleus {
        if (!(temperature >= 0 && temperature < Double.POSITIVE_INFINITY)) {
            throw new IllegalArgumentException("expected a temperature of at least 0, got " + temperature);
        }
        if (!(topP > 0 && topP <= 1)) {
            throw new IllegalArgumentException("expected a top_p above 0 and at most 1, got " + topP);
        }
    }

    /**
     * @param logits [batch, choices]
     * @return [batch] of int64
     */
    public Tensor draw(Tensor logits, Seed seed) {
        if (temperature == 0) return logits.argmax(-1).reshape(-1);
        int batch = (int) logits.size(0);
        int choices = (int) logits.size(1);
        float[] p = logits.to(DType.FLOAT32).over(temperature).softmax(-1).toFloats();
        float[] u = seed.rand(batch).toFloats();
        long[] drawn = new long[batch];
        for (int b = 0; b < batch; b++) {
            drawn[b] = drawn(Arrays.copyOfRange(p, b * choices, (b + 1) * choices), u[b]);
        }
        return Tensor.of(drawn, batch);
    }

    private int drawn(float[] p, double u) {
        // probabilities are not negative, so their bits are in their order; the place lies below them
        long[] order = new long[p.length];
        for (int i = 0; i < p.length; i++) order[i] = (long) Float.floatToIntBits(p[i]) << 32 | i;
        Arrays.sort(order);
        int kept = 0;
        double share = 0;
        while (kept < p.length && (kept == 0 || share < topP)) share += p[place(order, kept++)];
        double left = u * share;
        for (int i = 0; i < kept - 1; i++) {
            left -= p[place(order, i)];
            if (left < 0) return place(order, i);
        }
        return place(order, kept - 1);
    }

    /** The place of the {@code rank}-th likeliest, from 0. */
    private static int place(long[] ascending, int rank) {
        return (int) ascending[ascending.length - 1 - rank];
    }
}
