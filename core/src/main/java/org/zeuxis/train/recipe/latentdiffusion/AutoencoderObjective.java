package org.zeuxis.train.recipe.latentdiffusion;

import java.util.Map;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.autoencoder.LatentDistribution;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;
import org.zeuxis.train.Objective;

/**
 * Gives pictures back after the squeeze through the latent: absolute and squared error of the pixels; absolute error of
 * their chroma, which would else be learned long after the lightness; at three scales, of their differences with their
 * neighbours, which keeps outlines sharp; and a light pull of the latents to the standard normal.
 *
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, section 3.1; without its perceptual and adversarial
 *     losses, whose networks would have to be trained on other pictures
 */
public final class AutoencoderObjective implements Objective {
    private static final double SQUARES = 2;
    private static final double CHROMA = 2;
    private static final double EDGES = 0.1;
    private static final double DIVERGENCE = 1e-4;

    private final AutoencoderKl autoencoder;
    private final ReadAhead<Batch> batches;
    private final int batchSize;

    /** @param batches of pictures whose sides are multiples of the autoencoder's factor */
    public AutoencoderObjective(AutoencoderKl autoencoder, Batches batches) {
        this.autoencoder = autoencoder;
        this.batches = new ReadAhead<>(batches::at);
        this.batchSize = batches.batchSize();
    }

    @Override
    public Map<String, Tensor> parameters() {
        return autoencoder.parameters();
    }

    @Override
    public int batchSize() {
        return batchSize;
    }

    @Override
    public Tensor loss(long step, Seed seed) {
        Tensor x = Normalize.TO_ONE.apply(batches.at(step).images());
        LatentDistribution latent = autoencoder.encode(x);
        Tensor y = autoencoder.decode(latent.sample(seed));
        Tensor error = y.minus(x);
        double numbers = latent.mean().count() / (double) latent.mean().size(0);
        Tensor pull = latent.divergence().mean().times(DIVERGENCE / numbers);
        Tensor chroma = error.minus(error.mean(1)); // [batch, 3, height, columns]
        return error.abs()
                .mean()
                .plus(error.square().mean().times(SQUARES))
                .plus(chroma.abs().mean().times(CHROMA))
                .plus(edges(error).times(EDGES))
                .plus(pull);
    }

    @Override
    public void close() {
        batches.close();
    }

    /** Mean absolute differences of neighbouring errors, summed over three scales. */
    private static Tensor edges(Tensor error) {
        Tensor sum = Tensor.scalar(0);
        Tensor e = error;
        for (int scale = 0; scale < 3; scale++) {
            if (scale > 0) e = e.averagePool(2);
            long height = e.size(2);
            long columns = e.size(3);
            Tensor down = e.slice(2, 1, height).minus(e.slice(2, 0, height - 1));
            Tensor across = e.slice(3, 1, columns).minus(e.slice(3, 0, columns - 1));
            sum = sum.plus(down.abs().mean()).plus(across.abs().mean());
        }
        return sum;
    }
}
