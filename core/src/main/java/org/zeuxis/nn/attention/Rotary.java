package org.zeuxis.nn.attention;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
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
    private static final Map<Kind, Rotary> ALL = new ConcurrentHashMap<>();

    private final int width;
    private final Tensor frequencies; // [1, width / 2]
    private volatile @Nullable Angles last;

    private record Kind(int width, double base) {}

    private Rotary(Kind kind) {
        width = kind.width;
        float[] values = new float[width / 2];
        for (int i = 0; i < values.length; i++) values[i] = (float) Math.pow(kind.base, -2.0 * i / width);
        frequencies = Tensor.of(values, 1, values.length).outliving();
    }

    /**
     * The same one for all layers that turn alike, which then compute each step's angles once.
     *
     * @param width how many of the first numbers of a head are turned
     * @param base of the wavelengths, 10,000 in the paper
     */
    public static Rotary of(int width, double base) {
        if (width % 2 != 0) throw new IllegalArgumentException("expected an even width, got " + width);
        return ALL.computeIfAbsent(new Kind(width, base), Rotary::new);
    }

    @Override
    public Tensor turned(Tensor heads, long from) {
        Angles angles = last;
        if (angles == null || !angles.suit(heads, from)) last = angles = angles(heads, from);
        Tensor a = heads.slice(-1, 0, width / 2);
        Tensor b = heads.slice(-1, width / 2, width);
        Tensor rest = heads.slice(-1, width, heads.size(-1));
        return heads.times(angles.along).plus(Tensor.cat(-1, b, a, rest).times(angles.across));
    }

    private Angles angles(Tensor heads, long from) {
        long n = heads.size(2);
        long rest = heads.size(-1) - width;
        Tensor places = Tensor.arange(n).plus((double) from).to(DType.FLOAT32);
        Tensor angles = places.unsqueeze(1).times(frequencies.to(heads.device()));
        Tensor cos = angles.cos();
        Tensor sin = angles.sin();
        Tensor along = Tensor.cat(-1, cos, cos, Tensor.ones(n, rest)).to(heads.dtype());
        Tensor across = Tensor.cat(-1, sin.negate(), sin, Tensor.zeros(n, rest)).to(heads.dtype());
        return new Angles(from, along.outliving(), across.outliving());
    }

    /**
     * What the numbers at some places are multiplied by, and their partners.
     *
     * @param from the first of the places
     * @param along [tokens, headWidth]
     * @param across [tokens, headWidth]
     */
    private record Angles(long from, Tensor along, Tensor across) {
        boolean suit(Tensor heads, long first) {
            return from == first
                    && along.size(0) == heads.size(2)
                    && along.size(1) == heads.size(-1)
                    && along.dtype() == heads.dtype()
                    && along.device().equals(heads.device());
        }
    }
}
