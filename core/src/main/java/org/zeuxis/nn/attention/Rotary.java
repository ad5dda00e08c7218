package org.zeuxis.nn.attention;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Turns pairs of numbers of each query and key by angles that grow with its place, so that scores depend on distances.
 *
 * <p>The pairs are number i and number i + width / 2, as in GPT-NeoX and LLaMA.
 *
 * @see <a href="https://arxiv.org/abs/2104.09864">RoFormer</a>, section 3.2
 */
public final class Rotary implements Positions {
    private final int width;
    private final Tensor frequencies; // [1, width / 2]

    /**
     * @param width how many of the first numbers of a head are turned
     * @param base of the wavelengths, 10,000 in the paper
     */
    public Rotary(int width, double base) {
        if (width % 2 != 0) throw new IllegalArgumentException("expected an even width, got " + width);
        this.width = width;
        float[] values = new float[width / 2];
        for (int i = 0; i < values.length; i++) values[i] = (float) Math.pow(base, -2.0 * i / width);
        frequencies = Tensor.of(values, 1, values.length).outliving();
    }

    @Override
    public Tensor turned(Tensor heads, long from) {
        Tensor places = Tensor.arange(heads.size(2)).plus((double) from).to(DType.FLOAT32);
        Tensor angles = places.unsqueeze(1).times(frequencies);
        Tensor cos = angles.cos().to(heads.dtype());
        Tensor sin = angles.sin().to(heads.dtype());
        Tensor a = heads.slice(-1, 0, width / 2);
        Tensor b = heads.slice(-1, width / 2, width);
        Tensor rest = heads.slice(-1, width, heads.size(-1));
        return Tensor.cat(-1, a.times(cos).minus(b.times(sin)), b.times(cos).plus(a.times(sin)), rest);
    }
}
