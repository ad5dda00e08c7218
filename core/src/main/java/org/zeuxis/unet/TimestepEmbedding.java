package org.zeuxis.unet;

import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.nn.SinusoidalEmbedding;
import org.zeuxis.tensor.Tensor;

/** The timestep as the vector that every residual block is told. */
public final class TimestepEmbedding extends Module {
    private final SinusoidalEmbedding sinusoids;
    private final Linear first;
    private final Linear second;
    private final Activation activation;

    public TimestepEmbedding(int channels, int width, Activation activation) {
        this.activation = activation;
        sinusoids = new SinusoidalEmbedding(channels);
        first = child("linear_1", new Linear(channels, width));
        second = child("linear_2", new Linear(width, width));
    }

    /**
     * @param t [batch]
     * @return [batch, width]
     */
    public Tensor forward(Tensor t, Tensor like) {
        return embedded(sinusoids.forward(t).to(like.dtype()));
    }

    /**
     * The same of more than the timestep.
     *
     * @param beside what is added to its waves, [batch, channels]
     */
    public Tensor forward(Tensor t, Tensor beside, Tensor like) {
        return embedded(sinusoids.forward(t).to(like.dtype()).plus(beside));
    }

    private Tensor embedded(Tensor waves) {
        return second.forward(activation.apply(first.forward(waves)));
    }
}
