package org.zeuxis.train.recipe.latentdiffusion;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.zeuxis.checkpoint.format.Safetensors;
import org.zeuxis.checkpoint.format.SafetensorsWriter;
import org.zeuxis.data.series.Batch;
import org.zeuxis.data.series.Batches;
import org.zeuxis.data.series.Example;
import org.zeuxis.data.series.Examples;
import org.zeuxis.data.series.ReadAhead;
import org.zeuxis.image.Normalize;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.tensor.Autocast;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Device;
import org.zeuxis.tensor.Gradients;
import org.zeuxis.tensor.Scope;
import org.zeuxis.tensor.Tensor;

/**
 * Pictures already encoded, with their captions: the frozen encoder sees each once instead of at every step.
 *
 * @param latents as the encoder gives them or, for the diffusion model, scaled, [count, latentChannels, height, columns]
 * @param captions one for each latent
 */
public record LatentCache(Tensor latents, List<String> captions) {
    private static final int BATCH = 32;
    private static final String LATENTS = "latents";

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
        try (Gradients off = Gradients.off();
                Scope all = new Scope();
                ReadAhead<Batch> batches = new ReadAhead<>(new Batches(examples, BATCH)::at)) {
            for (int from = 0; from < count; from += BATCH) {
                List<Example> batch = batches.at(from / BATCH).examples();
                batch = batch.subList(0, Math.min(BATCH, count - from));
                try (Scope scope = new Scope()) {
                    Tensor pixels = Normalize.TO_ONE.apply(
                            batch.stream().map(Example::image).toList());
                    parts.add(scope.keep(autoencoder.encode(pixels).mean().contiguous()));
                }
                batch.forEach(example -> captions.add(example.caption()));
                done.accept(captions.size());
            }
            return new LatentCache(Tensor.cat(0, parts).outliving(), captions);
        }
    }

    /** These latents, if they were kept in {@code folder} before; else encoded, and kept there. */
    static LatentCache kept(
            Path folder, Supplier<AutoencoderKl> autoencoder, Examples examples, int count, LongConsumer done)
            throws IOException {
        Path latents = folder.resolve("latents.safetensors");
        Path captions = folder.resolve("captions.txt");
        if (Files.exists(latents)) {
            try (Safetensors file = Safetensors.open(latents)) {
                return new LatentCache(
                        file.tensor(LATENTS).to(Device.current()).copy().outliving(), Files.readAllLines(captions));
            }
        }
        LatentCache made;
        try (Autocast cast = Autocast.fastest()) {
            made = of(autoencoder.get(), examples, count, done);
        }
        List<String> lines = made.captions.stream()
                .map(caption -> caption.replaceAll("\\R", " "))
                .toList();
        Files.createDirectories(folder);
        Files.write(captions, lines);
        LatentCache whole = new LatentCache(made.latents.to(DType.FLOAT32).outliving(), lines);
        SafetensorsWriter.write(latents, Map.of(LATENTS, whole.latents), Map.of());
        return whole;
    }

    /** All latents multiplied by a number. */
    LatentCache times(double scale) {
        return new LatentCache(latents.times(scale).outliving(), captions);
    }

    /** How far the latents spread around zero; the scaling factor that makes it 1 is the inverse. */
    public double deviation() {
        try (Gradients off = Gradients.off();
                Scope scope = new Scope()) {
            return Math.sqrt(latents.square().mean().item());
        }
    }
}
