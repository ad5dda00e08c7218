package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.machine.AvailableMemory;
import org.zeuxis.models.AddedFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.models.latentdiffusion.safety.SafetyCheck;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.Tokenizer;

/**
 * Draws in the latents of an autoencoder: a U-Net denoises them, listening to the words of the prompt.
 *
 * @param name for the request that each picture carries
 * @param size the model's own width and height in pixels
 * @param added what was put into it when it was opened
 * @param safety what judges its pictures where that is asked for; null if it has nothing that could
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, Figure 3
 */
public record LatentDiffusion(
        String name,
        Tokenizer tokenizer,
        ClipTextModel text,
        DenoisingUNet unet,
        AutoencoderKl autoencoder,
        SchedulerConfig scheduler,
        int size,
        List<AddedFile> added,
        @Nullable SafetyCheck safety)
        implements TextToImage {
    /** The classes of diffusers whose folders hold the same parts, by which Zeuxis draws what they draw. */
    public static final List<String> PIPELINES = List.of(
            LatentDiffusionFolder.PLAIN,
            LatentDiffusionFolder.INPAINTING,
            LatentDiffusionFolder.CONSISTENCY,
            "LatentConsistencyModelImg2ImgPipeline",
            "StableDiffusionInpaintPipelineLegacy",
            "StableDiffusionImg2ImgPipeline");

    public LatentDiffusion {
        added = List.copyOf(added);
    }

    /** With nothing put into it, and nothing that judges its pictures. */
    public LatentDiffusion(
            String name,
            Tokenizer tokenizer,
            ClipTextModel text,
            DenoisingUNet unet,
            AutoencoderKl autoencoder,
            SchedulerConfig scheduler,
            int size) {
        this(name, tokenizer, text, unet, autoencoder, scheduler, size, List.of(), null);
    }

    /**
     * Opens a folder that diffusers or Zeuxis saved, or a checkpoint of Stable Diffusion 1 or 2 in one file, to compute in what is
     * {@linkplain DType#fastest fastest}.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static LatentDiffusion load(Path folder) throws IOException {
        return load(folder, DType.fastest());
    }

    /** The same, to compute in {@code type}. */
    public static LatentDiffusion load(Path folder, DType type) throws IOException {
        return load(folder, type, Adapters.NONE);
    }

    /**
     * The same with LoRAs merged into its weights and words that were learned, as in
     * {@code load(model, DType.fastest(), Adapters.NONE.with(new Lora(file, 0.8)))}.
     *
     * @throws IOException if one of them does not fit the model, too
     */
    public static LatentDiffusion load(Path folder, DType type, Adapters adapters) throws IOException {
        return load(folder, type, FileChoice.USUAL, adapters);
    }

    /**
     * The same, with what a checkpoint in one file leaves open.
     *
     * @throws IOException if it does not have what was chosen, or is a folder, which leaves nothing open, too
     */
    public static LatentDiffusion load(Path path, DType type, FileChoice choice, Adapters adapters) throws IOException {
        try (StoredModel stored = StoredModel.of(path, choice, adapters)) {
            return stored.held(type);
        }
    }

    /**
     * The same model in the least memory: text encoder, U-Net and autoencoder are read each time they are needed and given back
     * after it. It draws the same bytes, and reads its weights anew for every picture.
     *
     * @throws IOException as {@link #load(Path, DType, FileChoice, Adapters)}
     */
    public static TextToImage lending(Path path, DType type, FileChoice choice, Adapters adapters) throws IOException {
        StoredModel stored = StoredModel.of(path, choice, adapters);
        try {
            return stored.lent(type);
        } catch (IOException | RuntimeException e) {
            stored.close();
            throw e;
        }
    }

    /**
     * Refuses, before any weights are read, what the machine's memory does not hold.
     *
     * @param lending whether it is to be opened by {@link #lending}
     * @throws org.zeuxis.machine.NoRoomException if it does not, with what would
     * @throws IOException if there is no such model
     */
    public static void expectRoom(Path path, DType type, boolean lending, ImageRequest request) throws IOException {
        try (StoredModel stored = StoredModel.of(path, FileChoice.USUAL, Adapters.NONE)) {
            stored.expectRoom(request, type, lending, AvailableMemory.bytes());
        }
    }

    /**
     * The model that ships with Zeuxis, trained on pictograms.
     *
     * @throws IOException if {@code zeuxis-pictograms} is not on the class path
     */
    public static LatentDiffusion pictograms() throws IOException {
        return pictograms(DType.fastest());
    }

    /** Where it lies; unpacked, if it is in a jar. */
    public static Path pictogramsFolder() throws IOException {
        return ModelFolder.onClassPath(LatentDiffusion.class, "/org/zeuxis/pictograms/latent-diffusion")
                .path();
    }

    /** It, to compute in {@code type}. */
    public static LatentDiffusion pictograms(DType type) throws IOException {
        return load(pictogramsFolder(), type);
    }

    /**
     * Writes a folder that {@code StableDiffusionPipeline.from_pretrained} opens, with the weights as this has them: opened
     * in bfloat16, they were rounded to it.
     */
    public void save(Path folder) throws IOException {
        LatentDiffusionFolder.save(this, folder);
    }

    /** Gives the memory of the weights back; nothing can be drawn any more. */
    @Override
    public void close() {
        text.close();
        unet.close();
        autoencoder.close();
    }

    @Override
    public List<GeneratedImage> generate(ImageRequest request, Events events) {
        unet.expectOpen();
        return drawing().generate(request, events);
    }

    /** How it draws. */
    Drawing drawing() {
        DType type = unet.dtype();
        return Drawing.of(
                name,
                tokenizer,
                unet.config(),
                autoencoder.config(),
                MemoryNeed.of(0, 0, 0, unet.config(), autoencoder.config(), type),
                new StoredModel.Told(scheduler, size),
                added,
                safety,
                new Parts.Held(text, unet, autoencoder));
    }
}
