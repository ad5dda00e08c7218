package org.zeuxis.diffusion;

import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/** Which times of a schedule a training visits, all alike. */
public enum Times {
    /**
     * Its timesteps.
     *
     * @see <a href="https://arxiv.org/abs/2006.11239">DDPM</a>, algorithm 1
     */
    WHOLE {
        @Override
        public Tensor draw(int steps, long batch, Seed seed) {
            return seed.randint(0, steps, batch);
        }
    },
    /**
     * Those between its timesteps too, which samplers visit that space the noise.
     *
     * @see <a href="https://arxiv.org/abs/2205.11487">Imagen</a>, section 2.2
     */
    CONTINUOUS {
        @Override
        public Tensor draw(int steps, long batch, Seed seed) {
            return seed.rand(batch).times(steps - 1);
        }
    };

    /**
     * @param steps how many timesteps there are
     * @return [batch] times of 0 to {@code steps} − 1, int64 if they are whole
     */
    public abstract Tensor draw(int steps, long batch, Seed seed);
}
