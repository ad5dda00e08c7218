package org.zeuxis.unet;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The guidance scale as waves, which a network that was distilled with its guidance is told beside the timestep's.
 *
 * @see <a href="https://arxiv.org/abs/2310.04378">Latent consistency models</a>, section 4.2
 */
public final class GuidanceEmbedding extends Module {
    /** As the timesteps of a thousand lie apart, so do scales of one. */
    private static final double SPREAD = 1000;

    private static final double LONGEST = 10_000;

    private final Tensor frequencies; // [1, width / 2]
    private final Linear projection;

    /**
     * @param width of the waves, even
     * @param channels of the timestep's waves
     */
    public GuidanceEmbedding(int width, int channels) {
        // up to the longest itself, as published: the timestep's waves end one before it
        int waves = width / 2;
        float[] values = new float[waves];
        for (int i = 0; i < waves; i++) values[i] = (float) Math.exp(-Math.log(LONGEST) * i / Math.max(1, waves - 1));
        frequencies = Tensor.of(values, 1, waves).outliving();
        // silent at first: what it is distilled from is told no scale
        projection = child("cond_proj", Linear.withoutBias(width, channels, Initialization.zeros()));
    }

    /**
     * @param scales guidance scales, [batch]: 1 + w of the paper
     * @return [batch, channels] of {@code like}'s type
     */
    public Tensor forward(Tensor scales, Tensor like) {
        Tensor angles =
                scales.to(DType.FLOAT32).minus(1).times(SPREAD).reshape(-1, 1).times(frequencies);
        return projection.forward(Tensor.cat(1, angles.sin(), angles.cos()).to(like.dtype()));
    }
}
