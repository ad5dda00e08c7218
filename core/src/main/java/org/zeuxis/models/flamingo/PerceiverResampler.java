package org.zeuxis.models.flamingo;

import java.util.List;
import java.util.function.Supplier;
import org.zeuxis.models.flamingo.MediaAttention.HeadNorms;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.LayerNorm;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * Turns any number of visual features into a fixed number of visual tokens: learned latent queries attend to the features of a
 * picture or a video, and to one another.
 *
 * @see <a href="https://arxiv.org/abs/2204.14198">Flamingo</a>, Figure 5
 */
public final class PerceiverResampler extends Module implements Resampler {

    /**
     * @param width of features and latents
     * @param frames how many frames of a video have an embedding of their own; 0 where only pictures are read
     * @param places how many rows, and as many columns, of the features of a frame have an embedding of their own; 0 as in the
     *     paper, whose encoder tells places by itself
     * @param activation of the feed-forward layers
     */
    public record Config(
            int width,
            int layers,
            int heads,
            int headWidth,
            int latents,
            int frames,
            int places,
            Activation activation) {
        /** Of the paper: 64 latents, videos of 8 frames. */
        public static final Config PAPER = new Config(1536, 6, 16, 96, 64, 8, 0, Activation.RELU2);

        /** As OpenFlamingo publishes it, over a CLIP of this width; of pictures alone. */
        public static Config openFlamingo(int width) {
            return new Config(width, 6, 8, 64, 64, 0, 0, Activation.GELU);
        }

        /** @throws IllegalArgumentException if there are no latents, or fewer than 0 frames or places */
        public Config {
            if (latents < 1 || frames < 0 || places < 0) {
                throw new IllegalArgumentException(
                        "expected at least 1 latent and no fewer than 0 frames and places, got " + latents + ", "
                                + frames + " and " + places);
            }
        }
    }

    private final Config config;
    private final Tensor latents; // [latents, width]
    private final FeatureEmbeddings embeddings;
    private final List<Layer> layers;
    private final LayerNorm norm;

    public PerceiverResampler(Config c) {
        this(c, () -> HeadNorms.NONE);
    }

    /** @param norms of the heads of each layer */
    PerceiverResampler(Config c, Supplier<HeadNorms> norms) {
        config = c;
        latents = parameter("latents", Initialization.normal(0.02), c.latents, c.width);
        embeddings = child("", new FeatureEmbeddings(c.width, c.frames, c.places));
        layers = children("layers", c.layers, i -> new Layer(c, norms.get()));
        norm = child("norm", new LayerNorm(c.width));
    }

    public Config config() {
        return config;
    }

    @Override
    public int frames() {
        return config.frames;
    }

    @Override
    public int places() {
        return config.places;
    }

    /**
     * @param features as {@link FeatureEmbeddings#addedTo} takes them
     * @return [batch, latents, width], however many frames and patches there are
     */
    @Override
    public Tensor forward(Tensor features) {
        Tensor media = embeddings.addedTo(features);
        Tensor x = latents.unsqueeze(0).expand(features.size(0), -1, -1);
        for (Layer layer : layers) x = layer.forward(x, media);
        return norm.forward(x);
    }

    /** Latents that attend to media and to one another, then a feed-forward. */
    private static final class Layer extends Module {
        private final LayerNorm mediaNorm;
        private final LayerNorm latentNorm;
        private final MediaAttention attention;
        private final MediaFeedForward feedForward;

        Layer(Config c, HeadNorms norms) {
            mediaNorm = child("0.norm_media", new LayerNorm(c.width));
            latentNorm = child("0.norm_latents", new LayerNorm(c.width));
            attention = child("0", new MediaAttention(c.width, c.width, c.heads, c.headWidth, norms));
            feedForward = child("1", new MediaFeedForward(c.width, c.activation));
        }

        Tensor forward(Tensor x, Tensor media) {
            Tensor latents = latentNorm.forward(x);
            Tensor seen = Tensor.cat(1, mediaNorm.forward(media), latents);
            Tensor attended = x.plus(attention.forward(latents, attention.keys(seen), null));
            return attended.plus(feedForward.forward(attended));
        }
    }
}
