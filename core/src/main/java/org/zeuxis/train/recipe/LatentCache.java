package org.zeuxis.train.recipe;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import org.zeuxis.data.Example;
import org.zeuxis.data.Examples;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.latentdiffusion.AutoencoderKl;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Pictures already encoded, with their captions: the frozen encoder sees each once instead of at every step.
 *
 * @param latents scaled for the diffusion model, [count, latentChannels, height, columns]
 * @param captions one for each latent
 */
public record LatentCache(Tensor latents, List<String> captions) {
    private static final int BATCH = 32;

    public LatentCache {
        captions = List.copyOf(captions);
        if (latents.size(0) != captions.size()) {
            throw new IllegalArgumentException(
                    "expected a caption for each of " + latents.size(0) + " latents, got " + captions.size());
        }
    }

    /**
     * Encodes the first {@code count} examples.
     *
     * @param done is told how many are encoded so far
     */
    public static LatentCache of(AutoencoderKl autoencoder, Examples examples, int count, LongConsumer done)
            throws IOException {
        List<Tensor> parts = new ArrayList<>();
        List<String> captions = new ArrayList<>();
        double scale = autoencoder.config().scalingFactor();
        try (Gradients off = Gradients.off();
                Scope all = new Scope()) {
            for (int from = 0; from < count; from += BATCH) {
                List<Example> batch = new ArrayList<>();
                for (int i = from; i < Math.min(count, from + BATCH); i++) batch.add(examples.at(i));
                try (Scope scope = new Scope()) {
                    Tensor pixels = Normalize.TO_ONE.apply(
                            batch.stream().map(Example::image).toList());
                    parts.add(scope.keep(
                            autoencoder.encode(pixels).mean().times(scale).contiguous()));
                }
                batch.forEach(example -> captions.add(example.caption()));
                done.accept(captions.size());
            }
            return new LatentCache(Tensor.cat(0, parts).outliving(), captions);
        }
    }

    /** How far the latents spread around zero; the scaling factor that makes it 1 is the inverse. */
    public double deviation() {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            return Math.sqrt(latents.square().mean().item());
        }
    }
}
