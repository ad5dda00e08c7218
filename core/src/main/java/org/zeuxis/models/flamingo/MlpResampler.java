package org.zeuxis.models.flamingo;

import java.util.List;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * What the paper compares the Perceiver resampler with: each feature goes through feed-forward layers alone, so that there are as
 * many visual tokens as features.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, section 3.3 and Table 3 (vi)
 */
public final class MlpResampler extends Module implements Resampler {

    /**
     * @param width of features and visual tokens
     * @param frames as a {@linkplain PerceiverResampler.Config#frames Perceiver} has them, and places
     */
    public record Config(int width, int layers, int frames, int places, Activation activation) {}

    private final Config config;
    private final FeatureEmbeddings embeddings;
    private final List<MediaFeedForward> layers;
    private final LayerNorm norm;

    public MlpResampler(Config c) {
        config = c;
        embeddings = child("", new FeatureEmbeddings(c.width, c.frames, c.places));
        layers = children("layers", c.layers, i -> new MediaFeedForward(c.width, c.activation));
        norm = child("norm", new LayerNorm(c.width));
    }

    @Override
    public int frames() {
        return config.frames;
    }

    @Override
    public int places() {
        return config.places;
    }

    /** @return [batch, frames × patches, width] */
    @Override
    public Tensor forward(Tensor features) {
        Tensor x = embeddings.addedTo(features);
        for (MediaFeedForward layer : layers) x = x.plus(layer.forward(x));
        return norm.forward(x);
    }
}
