package org.zeuxis.models.latentdiffusion.autoencoder;

import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * What the encoder gives for a picture: an independent Gaussian for each number of the latent.
 *
 * @param mean [batch, latentChannels, height, columns]
 * @param logVariance the same shape, within [−30, 20]
 */
public record LatentDistribution(Tensor mean, Tensor logVariance) {

    static LatentDistribution of(Tensor moments) {
        var halves = moments.chunk(2, 1);
        return new LatentDistribution(halves.get(0), halves.get(1).clamp(-30, 20));
    }

    /** mean + deviation · noise, with noise drawn from {@code seed}. */
    public Tensor sample(Seed seed) {
        return sample(seed.randn(mean.shape()));
    }

    /** mean + deviation · {@code noise}. */
    public Tensor sample(Tensor noise) {
        return mean.plus(logVariance.times(0.5).exp().times(noise));
    }

    /** Divergence from the standard normal in nats, summed over a picture's latent, [batch]. */
    public Tensor divergence() {
        Tensor each = mean.square()
                .plus(logVariance.exp())
                .minus(1)
                .minus(logVariance)
                .times(0.5);
        return each.reshape(each.size(0), -1).sum(1).squeeze(1);
    }
}
