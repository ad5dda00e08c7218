package org.zeuxis.models.latentdiffusion;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.AddedFile;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.latentdiffusion.adapter.Adapters;
import org.zeuxis.models.latentdiffusion.adapter.OpenAdapters;
import org.zeuxis.models.latentdiffusion.safety.SafetyCheck;
import org.zeuxis.tensor.DType;

/**
 * A Stable Diffusion that lies on the disk, understood, with what is put into it; to be opened in one way or the other.
 *
 * @param size its own width and height in pixels, as far as they are known without asking its parts
 * @param told what is known of its sampling, some of it only by asking its parts
 * @param safety what judges its pictures; null if it has nothing that could
 * @param adapters open as long as weights are read
 */
record StoredModel(
        Path path,
        String name,
        Checkpoint checkpoint,
        int size,
        Telling told,
        @Nullable SafetyCheck safety,
        OpenAdapters adapters)
        implements AutoCloseable {

    /** How a model samples, and its own width and height in pixels. */
    record Told(SchedulerConfig scheduler, int size) {}

    /** Finds out how. */
    @FunctionalInterface
    interface Telling {
        Told by(Parts parts) throws IOException;
    }

    static StoredModel of(Path path, FileChoice choice, Adapters adapters) throws IOException {
        OpenAdapters open = adapters.open();
        try {
            return ModelFolder.opened(
                    path,
                    () -> ModelFolder.isFile(path)
                            ? SingleFile.stored(path, choice, open)
                            : LatentDiffusionFolder.stored(ModelFolder.open(path), choice, open));
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
    }

    /** With all of its weights in memory. */
    LatentDiffusion held(DType type) throws IOException {
        return ModelFolder.opened(path, () -> {
            ClipTextModel text = checkpoint.loadText(type);
            DenoisingUNet unet = checkpoint.loadUNet(type);
            Parts.Held parts = new Parts.Held(text, unet, checkpoint.loadAutoencoder(type));
            Told said = told.by(parts);
            return new LatentDiffusion(
                    name,
                    checkpoint.tokenizer(),
                    text,
                    unet,
                    parts.autoencoder(),
                    said.scheduler,
                    said.size,
                    adapters.added(),
                    safety);
        });
    }

    /** With none of them, each part to be lent; closed with what draws. */
    TextToImage lent(DType type) throws IOException {
        return ModelFolder.opened(path, () -> {
            // what a part lacks is told now, as when all are opened
            checkpoint.expectWhole();
            Parts parts = new Parts.Lent(checkpoint, type);
            Told said = told.by(parts);
            return new Lent(
                    Drawing.of(
                            name,
                            checkpoint.tokenizer(),
                            checkpoint.unet().config(),
                            checkpoint.autoencoder().config(),
                            MemoryNeed.of(checkpoint, type),
                            said,
                            adapters.added(),
                            safety,
                            parts),
                    adapters);
        });
    }

    /** Draws with parts that are lent. */
    private record Lent(Drawing drawing, OpenAdapters adapters) implements TextToImage {
        @Override
        public String name() {
            return drawing.name();
        }

        @Override
        public List<AddedFile> added() {
            return drawing.added();
        }

        @Override
        public List<GeneratedImage> generate(ImageRequest request, Events events) {
            return drawing.generate(request, events);
        }

        @Override
        public void close() {
            drawing.parts().close();
            adapters.close();
        }
    }

    /** Refuses what would not fit into memory. */
    void expectRoom(ImageRequest request, DType type, boolean lent, OptionalLong available) throws IOException {
        MemoryNeed.of(checkpoint, type).expectRoom(name, request, size, lent, available);
    }

    @Override
    public void close() {
        checkpoint.close();
        adapters.close();
    }
}
