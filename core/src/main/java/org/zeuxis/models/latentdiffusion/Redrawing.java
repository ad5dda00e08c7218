package org.zeuxis.models.latentdiffusion;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.zeuxis.diffusion.Denoiser;
import org.zeuxis.diffusion.Inpainting;
import org.zeuxis.diffusion.sampler.Start;
import org.zeuxis.diffusion.schedule.NoiseLevel;
import org.zeuxis.image.Image;
import org.zeuxis.image.Luma;
import org.zeuxis.image.Normalize;
import org.zeuxis.image.Resize;
import org.zeuxis.models.Source;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.tensor.Seed;
import org.zeuxis.tensor.Tensor;

/**
 * A picture that is drawn again, in whole or where a mask is white: all that differs from drawing out of noise.
 *
 * @param known of its latents; null if all of them are drawn again, or the U-Net is told what is known
 * @param beside the mask and the latents of what is kept, [1, 1 + latentChannels, height / factor, columns / factor], which a U-Net that
 *     was trained for it is shown; null for any other
 */
record Redrawing(
        Start start,
        Inpainting.@Nullable Known known,
        @Nullable Tensor beside) {
    private static final int WHITE = 128;

    /** All of a picture, out of noise. */
    static Redrawing ofNoise(Tensor xT) {
        return new Redrawing(Start.noise(xT), null, null);
    }

    /** Draws from {@code seed} in the order of diffusers: for the encoder, then the noise. */
    static Redrawing of(Source source, int width, int height, int steps, AutoencoderKl autoencoder, Seed seed) {
        int first = source.firstStep(steps);
        Tensor latents = latents(pixels(source, width, height), autoencoder, seed);
        Tensor noise = seed.randn(latents.shape());
        Start upon = Start.upon(latents, noise, first);
        Image mask = source.mask();
        if (mask == null) return new Redrawing(upon, null, null);
        seed.randn(latents.shape()); // diffusers encodes the picture without what is masked, too
        Tensor white = white(sized(mask, width, height), autoencoder.config().factor());
        Start start = source.strength() == 1 ? Start.noise(noise) : upon;
        return new Redrawing(start, new Inpainting.Known(latents, noise, white), null);
    }

    /**
     * The same for a U-Net that is shown what is kept: what is masked is grey to it.
     *
     * @param mask of {@code source}
     */
    static Redrawing shown(
            Source source, Image mask, int width, int height, int steps, AutoencoderKl autoencoder, Seed seed) {
        int first = source.firstStep(steps);
        AutoencoderKl.Config latent = autoencoder.config();
        Tensor pixels = pixels(source, width, height);
        // what starts from noise alone needs no picture to start from
        Tensor latents = source.strength() == 1 ? null : latents(pixels, autoencoder, seed);
        int rows = height / latent.factor();
        Tensor noise = seed.randn(1, latent.latentChannels(), rows, width / latent.factor());
        Image sized = sized(mask, width, height);
        Tensor kept = pixels.times(white(sized, 1).negate().plus(1));
        Tensor beside = Tensor.cat(1, white(sized, latent.factor()), latents(kept, autoencoder, seed));
        Start start = latents == null ? Start.noise(noise) : Start.upon(latents, noise, first);
        return new Redrawing(start, null, beside);
    }

    private static Tensor pixels(Source source, int width, int height) {
        Image picture = Resize.Filter.LANCZOS.scale(source.image().over(255, 255, 255), width, height);
        return Normalize.TO_ONE.apply(picture).unsqueeze(0);
    }

    private static Image sized(Image mask, int width, int height) {
        return Resize.Filter.LANCZOS.scale(mask.over(0, 0, 0), width, height);
    }

    private static Tensor latents(Tensor pixels, AutoencoderKl autoencoder, Seed seed) {
        return autoencoder
                .encode(pixels)
                .sample(seed)
                .times(autoencoder.config().scalingFactor());
    }

    /**
     * What the first pixel of each latent says.
     *
     * @return [1, 1, height / factor, columns / factor], 1 for white
     */
    private static Tensor white(Image mask, int factor) {
        int columns = mask.width() / factor;
        int rows = mask.height() / factor;
        float[] white = new float[rows * columns];
        for (int i = 0; i < white.length; i++) {
            int pixel = i / columns * factor * mask.width() + i % columns * factor;
            white[i] = Luma.at(mask.samples(), 3 * pixel) >= WHITE ? 1 : 0;
        }
        return Tensor.of(white, 1, 1, rows, columns);
    }

    /** What the U-Net sees of noised latents, [batch, inChannels, height / factor, columns / factor]. */
    Tensor seen(Tensor xt) {
        return beside == null ? xt : Tensor.cat(1, xt, beside.expand(xt.size(0), -1, -1, -1));
    }

    /** Shows {@code denoiser} what is kept of the picture. */
    Denoiser around(Denoiser denoiser) {
        if (known == null) return denoiser;
        Inpainting inpainting = new Inpainting(denoiser, known);
        if (start.data() != null) return inpainting;
        // as in diffusers, what starts from noise alone shows nothing else at its first level
        AtomicReference<NoiseLevel> noisiest = new AtomicReference<>();
        return (xt, level) -> {
            noisiest.compareAndSet(null, level);
            return (level.equals(noisiest.get()) ? denoiser : inpainting).denoise(xt, level);
        };
    }

    /** The sampled latents with what is kept put back. */
    Tensor completed(Tensor x0) {
        return known == null ? x0 : known.in(x0);
    }
}
