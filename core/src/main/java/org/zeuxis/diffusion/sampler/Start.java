package org.zeuxis.diffusion.sampler;

import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.tensor.Tensor;

/**
 * Where a sampler starts.
 *
 * @param noise [batch, …] standard normal, float32
 * @param data [batch, …] what the noise lies upon; null if on nothing
 * @param first the first step that is taken, from 0
 * @see <a href="https://arxiv.org/abs/2108.01073">SDEdit</a>, algorithm 1
 */
public record Start(Tensor noise, @Nullable Tensor data, int first) {
    public Start {
        if (first < 0) throw new IllegalArgumentException("expected a first step of at least 0, got " + first);
    }

    /** At the first step, from noise alone. */
    public static Start noise(Tensor xT) {
        return new Start(xT, null, 0);
    }

    /** At a later step, from data under the noise of its level. */
    public static Start upon(Tensor data, Tensor noise, int first) {
        return new Start(noise, data, first);
    }

    /** The first of {@code steps} that is taken. */
    public int first(int steps) {
        if (first < steps) return first;
        throw new IllegalArgumentException(
                "expected to leave out fewer than all " + steps + " steps of the sampler, got " + first);
    }

    /** The noisy data at the level of the first step; noise alone is as it is. */
    public Tensor xt(NoiseLevel level) {
        if (data == null) return noise;
        double alphaBar = level.alphaBar();
        return data.times(Math.sqrt(alphaBar)).plus(noise.times(Math.sqrt(1 - alphaBar)));
    }
}
