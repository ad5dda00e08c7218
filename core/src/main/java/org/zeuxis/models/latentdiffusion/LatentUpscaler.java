package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.schedule.NoiseSchedule;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.image.Image;
import org.zeuxis.machine.AvailableMemory;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.Upscaler;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.autoencoder.AutoencoderKl;
import org.zeuxis.tensor.DType;
import org.zeuxis.text.Tokenizer;

/**
 * Enlarges a picture by drawing in the latents of an autoencoder: the U-Net sees the small picture, noised, beside them.
 *
 * @param noising of the small picture
 * @param mostNoise what it may be given of it, a timestep
 * @see <a href="https://arxiv.org/abs/2112.10752">Latent diffusion</a>, section 4.4
 */
public record LatentUpscaler(
        String name,
        Tokenizer tokenizer,
        ClipTextModel text,
        DenoisingUNet unet,
        AutoencoderKl autoencoder,
        SchedulerConfig scheduler,
        NoiseSchedule noising,
        int mostNoise)
        implements Upscaler {
    /** The class of diffusers whose folders open. */
    public static final String PIPELINE = "StableDiffusionUpscalePipeline";

    /** What one file of it is recognized as. */
    public static final String FILE = "sd-upscale";

    /**
     * Opens a folder of diffusers, or a checkpoint in one file, in the names of its release.
     *
     * @throws IOException if it is not one, or lacks something, in one line
     */
    public static LatentUpscaler load(Path path, DType type) throws IOException {
        try (Stored stored = Stored.of(path)) {
            return stored.held(type);
        }
    }

    /**
     * The same model in the least memory: text encoder, U-Net and autoencoder are read each time they are needed and given back
     * after it. It draws the same bytes, and reads its weights anew for every picture.
     *
     * @throws IOException as {@link #load}
     */
    public static Upscaler lending(Path path, DType type) throws IOException {
        Stored stored = Stored.of(path);
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
     * @param picture that is to be enlarged
     * @throws org.zeuxis.machine.NoRoomException if it does not, with what would
     * @throws IOException if there is no such model
     */
    public static void expectRoom(Path path, DType type, boolean lending, Image picture, ImageRequest request)
            throws IOException {
        try (Stored stored = Stored.of(path)) {
            stored.expectRoom(picture, request, type, lending, AvailableMemory.bytes());
        }
    }

    /** Gives the memory of the weights back; nothing can be drawn any more. */
    @Override
    public void close() {
        text.close();
        unet.close();
        autoencoder.close();
    }

    @Override
    public GeneratedImage upscale(
            Image picture, OptionalInt size, OptionalInt noise, ImageRequest request, Events events) {
        unet.expectOpen();
        return enlarging().upscale(picture, size, noise, request, events);
    }

    /** How it draws. */
    Enlarging enlarging() {
        return new Enlarging(
                name,
                tokenizer,
                unet.config(),
                autoencoder.config(),
                MemoryNeed.of(0, 0, 0, unet.config(), autoencoder.config(), unet.dtype())
                        .enlarging(),
                scheduler,
                noising,
                mostNoise,
                new Parts.Held(text, unet, autoencoder));
    }

    /**
     * An upscaler that lies on the disk, understood; to be opened in one way or the other.
     *
     * @param noising of the small picture
     * @param mostNoise what it may be given of it, a timestep
     */
    record Stored(
            Path path,
            String name,
            Checkpoint checkpoint,
            SchedulerConfig scheduler,
            NoiseSchedule noising,
            int mostNoise)
            implements AutoCloseable {

        static Stored of(Path path) throws IOException {
            return ModelFolder.opened(
                    path, () -> ModelFolder.isFile(path) ? UpscalerFile.stored(path) : folder(ModelFolder.open(path)));
        }

        private static Stored folder(ModelFolder folder) throws IOException {
            String type = folder.isPipeline() ? folder.className() : "no model_index.json";
            if (!type.equals(PIPELINE)) {
                throw new IOException(folder.path() + ": expected the folder of a " + PIPELINE + ", got " + type);
            }
            Checkpoint checkpoint = LatentDiffusionFolder.read(folder, UNetConfig::ofUpscaler);
            try {
                LatentDiffusionFolder.expectOneModel(folder, checkpoint);
                return new Stored(
                        folder.path(),
                        folder.name(),
                        checkpoint,
                        LatentDiffusionFolder.scheduler(folder, "scheduler"),
                        noising(folder),
                        mostNoise(folder));
            } catch (IOException | RuntimeException e) {
                checkpoint.close();
                throw e;
            }
        }

        static NoiseSchedule noising(ModelFolder folder) throws IOException {
            return LatentDiffusionFolder.scheduler(folder, UpscalerFile.LOW_RES)
                    .training()
                    .schedule();
        }

        static int mostNoise(ModelFolder folder) throws IOException {
            return folder.index().integer(UpscalerFile.MOST_NOISE_KEY, UpscalerFile.MOST_NOISE);
        }

        /** With all of its weights in memory. */
        LatentUpscaler held(DType type) throws IOException {
            return ModelFolder.opened(
                    path,
                    () -> new LatentUpscaler(
                            name,
                            checkpoint.tokenizer(),
                            checkpoint.loadText(type),
                            checkpoint.loadUNet(type),
                            checkpoint.loadAutoencoder(type),
                            scheduler,
                            noising,
                            mostNoise));
        }

        /** With none of them, each part to be lent; closed with what draws. */
        Upscaler lent(DType type) throws IOException {
            return ModelFolder.opened(path, () -> {
                checkpoint.expectWhole();
                return new Lent(new Enlarging(
                        name,
                        checkpoint.tokenizer(),
                        checkpoint.unet().config(),
                        checkpoint.autoencoder().config(),
                        MemoryNeed.of(checkpoint, type).enlarging(),
                        scheduler,
                        noising,
                        mostNoise,
                        new Parts.Lent(checkpoint, type)));
            });
        }

        /** Draws with parts that are lent. */
        private record Lent(Enlarging enlarging) implements Upscaler {
            @Override
            public GeneratedImage upscale(
                    Image picture, OptionalInt size, OptionalInt noise, ImageRequest request, Events events) {
                return enlarging.upscale(picture, size, noise, request, events);
            }

            @Override
            public void close() {
                enlarging.parts().close();
            }
        }

        /** Refuses what would not fit into memory. */
        void expectRoom(Image picture, ImageRequest request, DType type, boolean lent, OptionalLong available)
                throws IOException {
            int factor = checkpoint.autoencoder().config().factor();
            ImageRequest large = Enlarging.enlarged(request, picture, factor);
            MemoryNeed.of(checkpoint, type).enlarging().expectRoom(name, large, large.width(), lent, available);
        }

        @Override
        public void close() {
            checkpoint.close();
        }
    }
}
