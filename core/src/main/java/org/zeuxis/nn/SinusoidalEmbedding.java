package org.zeuxis.nn;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Turns a number such as a timestep into a vector of cosines and sines of falling frequency.
 *
 * @see <a href="https://arxiv.org/abs/1706.03762">Attention Is All You Need</a>, section 3.5
 */
public final class SinusoidalEmbedding {
    private final Tensor frequencies; // [1, width / 2]

    /** @throws IllegalArgumentException if the width is odd */
    public SinusoidalEmbedding(int width) {
        if (width % 2 != 0) throw new IllegalArgumentException("expected an even width, got " + width);
        float[] values = new float[width / 2];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) Math.exp(-Math.log(10_000) * i / values.length);
        }
        frequencies = Tensor.of(values, 1, values.length).outliving();
    }

    /**
     * @param t [batch]
     * @return [batch, width] in float32: the cosines, then the sines
     */
    public Tensor forward(Tensor t) {
        Tensor angles = t.to(DType.FLOAT32).reshape(-1, 1).times(frequencies);
        return Tensor.cat(1, angles.cos(), angles.sin());
    }
}
