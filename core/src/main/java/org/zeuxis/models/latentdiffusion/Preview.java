package org.zeuxis.models.latentdiffusion;

import org.jspecify.annotations.Nullable;
import org.zeuxis.image.Image;
import org.zeuxis.image.Pixels;
import org.zeuxis.image.Resize;
import org.zeuxis.tensor.Eigen;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * What latents look like without the decoder: the colour of each by a linear map, enlarged.
 *
 * <p>The map is fitted, when the first preview is asked for, to flat patches of colour and the latents that this very autoencoder makes of
 * them; so it is at hand for any autoencoder, and costs one encoding of a small picture.
 */
final class Preview {
    private static final int PATCHES = 8;
    private static final int LATENTS_ACROSS = 3;
    private static final double LEAST_SHARE = 1e-6;

    private final Parts parts;
    private final int factor;
    private float @Nullable [] map;

    /** @param factor pixels per latent in each direction */
    Preview(Parts parts, int factor) {
        this.parts = parts;
        this.factor = factor;
    }

    /** @param latents unscaled, of one picture, [1, latentChannels, height / factor, columns / factor] */
    Image of(Tensor latents, int width, int height) {
        float[] fitted = map == null ? fitted().toFloats() : map;
        map = fitted;
        long rows = latents.size(2);
        long columns = latents.size(3);
        Tensor colours = Tensor.of(fitted, 3, latents.size(1) + 1).matmul(withOne(latents));
        Image small = Pixels.toImages(colours.reshape(1, 3, rows, columns)).get(0);
        return Resize.Filter.BILINEAR.scale(small, width, height);
    }

    /** The least squares of colours by latents and 1, [3, latentChannels + 1]. */
    private Tensor fitted() {
        int side = PATCHES * LATENTS_ACROSS;
        int pixels = side * factor;
        Tensor patches = Seed.of(0).rand(1, 3, PATCHES, PATCHES).times(2).minus(1);
        Tensor x = withOne(parts.autoencoder(
                it -> it.encode(patches.resizeNearest(pixels, pixels)).mean()));
        Tensor colours = patches.resizeNearest(side, side).reshape(3, -1);
        Eigen gram = Eigen.of(x.matmul(x.transpose(0, 1)));
        Tensor values = gram.values().plus(LEAST_SHARE * gram.values().max());
        Tensor inverse = gram.vectors().transpose(0, 1).matmul(gram.vectors().over(values.reshape(-1, 1)));
        return colours.matmul(x.transpose(0, 1)).matmul(inverse);
    }

    /** [latentChannels + 1, latents]. */
    private static Tensor withOne(Tensor latents) {
        Tensor x = latents.reshape(latents.size(1), -1);
        return Tensor.cat(0, x, Tensor.ones(1, x.size(1)));
    }
}
