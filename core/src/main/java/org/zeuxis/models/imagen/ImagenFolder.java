package org.zeuxis.models.imagen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.t5.T5Folder;
import org.zeuxis.tensor.DType;

/** The folders of DeepFloyd's pipelines in diffusers: the base with the text encoder, each super-resolution by itself. */
final class ImagenFolder {
    private static final String BASE = "IFPipeline";
    private static final String SUPER_RESOLUTION = "IFSuperResolutionPipeline";
    private static final String INSIDE = "upsampler_";
    /** Tokens a text is cut to: as DeepFloyd was trained. */
    private static final int CONTEXT_LENGTH = 77;

    private ImagenFolder() {}

    static Imagen load(ModelFolder folder, DType type) throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            Map<String, String> components = components(folder, BASE);
            List<Stage> further = new ArrayList<>();
            Stage base = Stage.base(
                    ImagenUNet.load(folder.component("unet"), type), scheduler(folder, components, "scheduler"));
            for (ModelFolder inside : folder.components(INSIDE)) further.add(superResolution(inside, type));
            further.sort(Comparator.comparingInt(Stage::size));
            Path name = folder.path().toAbsolutePath().normalize().getFileName();
            return new Imagen(
                    name == null ? "model" : name.toString(),
                    T5Folder.load(folder.file("text_encoder"), folder.file("tokenizer"), CONTEXT_LENGTH, type),
                    base,
                    further);
        });
    }

    static Stage superResolution(ModelFolder folder, DType type) throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            Map<String, String> components = components(folder, SUPER_RESOLUTION);
            return Stage.superResolution(
                    ImagenUNet.load(folder.component("unet"), type),
                    scheduler(folder, components, "scheduler"),
                    scheduler(folder, components, "image_noising_scheduler"));
        });
    }

    private static Map<String, String> components(ModelFolder folder, String pipeline) throws IOException {
        String type = folder.isPipeline() ? folder.className() : "no model_index.json";
        if (type.equals(pipeline)) return folder.components();
        throw new IOException(folder.path() + ": expected the folder of an " + pipeline + ", got " + type);
    }

    private static SchedulerConfig scheduler(ModelFolder folder, Map<String, String> components, String name)
            throws IOException {
        Config file = folder.component(name).config("scheduler_config.json");
        String named = components.get(name);
        return SchedulerConfig.from(named == null ? file.text("_class_name") : named, file);
    }
}
