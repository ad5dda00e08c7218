package org.zeuxis.nn.attention;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Lowers scores in proportion to the distance, each head with a slope of its own.
 *
 * @see <a href="https://arxiv.org/abs/2108.12409">ALiBi</a>, section 3
 */
public final class Alibi implements Positions {
    private final Tensor slopes; // [heads, 1, 1]

    public Alibi(int heads) {
        // where heads are no power of two: those of the power below, then every other one of twice as many
        int power = Integer.highestOneBit(heads);
        float[] values = new float[heads];
        for (int i = 0; i < heads; i++) {
            values[i] = (float) (i < power ? slope(i + 1, power) : slope(2 * (i - power) + 1, 2 * power));
        }
        slopes = Tensor.of(values, heads, 1, 1).outliving();
    }

    private static double slope(int number, int heads) {
        return Math.pow(2, -8.0 * number / heads);
    }

    @Override
    public Tensor bias(long from, long n, long m) {
        Tensor queries = Tensor.arange(n).plus((double) from).to(DType.FLOAT32).unsqueeze(1);
        Tensor keys = Tensor.arange(m).to(DType.FLOAT32).unsqueeze(0);
        return queries.minus(keys).abs().negate().times(slopes);
    }
}
