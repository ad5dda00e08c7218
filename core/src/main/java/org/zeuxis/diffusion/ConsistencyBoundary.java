package org.zeuxis.diffusion;

import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * Makes of any network one that at the data says the data: the nearer to it, the more is taken from what came in.
 *
 * @param scaling how much larger timesteps count when that is weighed
 * @see <a href="https://arxiv.org/abs/2310.04378">Latent consistency models</a>, equation 9 and appendix D
 */
public record ConsistencyBoundary(double scaling) {
    /** That of the published models. */
    public static final ConsistencyBoundary PUBLISHED = new ConsistencyBoundary(10);

    private static final double DATA_VARIANCE = 0.25;

    /**
     * Where the flow leads.
     *
     * @param x0 what the network says of it
     */
    public Tensor of(Tensor x0, Tensor xt, int t) {
        double scaled = scaling * t;
        double variance = scaled * scaled + DATA_VARIANCE;
        return x0.times(scaled / Math.sqrt(variance)).plus(xt.times(DATA_VARIANCE / variance));
    }

    /**
     * The same where every sample has its own timestep.
     *
     * @param t [batch] timesteps
     */
    Tensor of(Tensor x0, Tensor xt, Tensor t) {
        Tensor scaled = t.to(DType.FLOAT32).reshape(-1, 1, 1, 1).times(scaling);
        Tensor variance = scaled.square().plus(DATA_VARIANCE);
        return x0.times(scaled.over(variance.sqrt()))
                .plus(xt.times(variance.pow(-1).times(DATA_VARIANCE)));
    }
}
