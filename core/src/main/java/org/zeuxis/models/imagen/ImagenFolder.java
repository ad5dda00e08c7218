package org.zeuxis.models.imagen;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.diffusion.scheduler.SchedulerConfig;
import org.zeuxis.models.TextEncoder;
import org.zeuxis.models.clip.text.ClipTextFolder;
import org.zeuxis.models.imagen.efficient.EfficientUNet;
import org.zeuxis.models.imagen.network.StageNetwork;
import org.zeuxis.models.minilm.MiniLmFolder;
import org.zeuxis.models.t5.T5Folder;
import org.zeuxis.tensor.DType;

/** The folders of DeepFloyd's pipelines in diffusers: the base with the text encoder, each super-resolution by itself. */
final class ImagenFolder {
    private static final String BASE = "IFPipeline";
    private static final String SUPER_RESOLUTION = "IFSuperResolutionPipeline";
    private static final String UNET = "unet";
    private static final String SCHEDULER = "scheduler";
    private static final String AUGMENTATION = "image_noising_scheduler";
    private static final String SCHEDULER_FILE = "scheduler_config.json";
    private static final String INSIDE = "upsampler_";
    /** At which the small picture is noised; diffusers skips keys that begin so. */
    private static final String NOISE_LEVEL = "_noise_level";

    /** Tokens a text is cut to: as DeepFloyd was trained. */
    private static final int CONTEXT_LENGTH = 77;

    private ImagenFolder() {}

    /** @param asked {@code INT8} and {@code INT4} of the text encoder alone */
    static Imagen load(ModelFolder folder, DType asked) throws IOException {
        DType type = asked.computed();
        return ModelFolder.opened(folder.path(), () -> {
            Map<String, String> components = components(folder, BASE);
            List<Stage> further = new ArrayList<>();
            Stage base = Stage.base(network(folder, type), scheduler(folder, components, SCHEDULER));
            for (ModelFolder inside : folder.components(INSIDE)) further.add(superResolution(inside, type));
            further.sort(Comparator.comparingInt(Stage::size));
            return new Imagen(folder.name(), text(folder, asked), base, further);
        });
    }

    /** DeepFloyd's T5, or the sentence encoder or CLIP's text tower of what Zeuxis trains. */
    private static TextEncoder text(ModelFolder folder, DType type) throws IOException {
        Path encoder = folder.file("text_encoder");
        Path tokenizer = folder.file("tokenizer");
        String kind = ModelFolder.open(encoder).config().text("model_type", "t5");
        return switch (kind) {
            case "bert" -> MiniLmFolder.load(encoder, tokenizer, type);
            case "clip_text_model" -> ClipTextFolder.load(encoder, tokenizer, type);
            default -> T5Folder.load(encoder, tokenizer, CONTEXT_LENGTH, type);
        };
    }

    private static StageNetwork network(ModelFolder folder, DType type) throws IOException {
        ModelFolder unet = folder.component(UNET);
        return EfficientUNet.isNamedIn(unet.config()) ? EfficientUNet.load(unet, type) : ImagenUNet.load(unet, type);
    }

    static Stage superResolution(ModelFolder folder, DType type) throws IOException {
        return ModelFolder.opened(folder.path(), () -> {
            Map<String, String> components = components(folder, SUPER_RESOLUTION);
            Stage stage = Stage.superResolution(
                    network(folder, type),
                    scheduler(folder, components, SCHEDULER),
                    scheduler(folder, components, AUGMENTATION));
            return stage.withNoiseLevel(folder.index().integer(NOISE_LEVEL, stage.noiseLevel()));
        });
    }

    static void save(Stage stage, Path folder) throws IOException {
        SchedulerConfig augmentation = stage.augmentation();
        ConfigWriter index = new ConfigWriter().put("_class_name", augmentation == null ? BASE : SUPER_RESOLUTION);
        for (String absent :
                List.of("feature_extractor", "safety_checker", "text_encoder", "tokenizer", "watermarker")) {
            index.put(absent, Collections.nCopies(2, null));
        }
        index.put("requires_safety_checker", false);
        stage.network().save(folder.resolve(UNET));
        // which diffusers has not
        boolean own = stage.network() instanceof EfficientUNet;
        index.put(UNET, own ? List.of("zeuxis", EfficientUNet.NAME) : List.of("diffusers", "UNet2DConditionModel"));
        save(stage.scheduler(), folder, SCHEDULER, index);
        if (augmentation != null) {
            save(augmentation, folder, AUGMENTATION, index);
            index.put(NOISE_LEVEL, stage.noiseLevel());
        }
        ModelFolder.saveIndex(folder, index);
    }

    private static void save(SchedulerConfig scheduler, Path folder, String name, ConfigWriter index)
            throws IOException {
        scheduler.write().write(folder.resolve(name).resolve(SCHEDULER_FILE));
        index.put(name, List.of("diffusers", scheduler.className()));
    }

    private static Map<String, String> components(ModelFolder folder, String pipeline) throws IOException {
        String type = folder.isPipeline() ? folder.className() : "no model_index.json";
        if (type.equals(pipeline)) return folder.components();
        throw new IOException(folder.path() + ": expected the folder of an " + pipeline + ", got " + type);
    }

    private static SchedulerConfig scheduler(ModelFolder folder, Map<String, String> components, String name)
            throws IOException {
        Config file = folder.component(name).config(SCHEDULER_FILE);
        String named = components.get(name);
        return SchedulerConfig.from(named == null ? file.text("_class_name") : named, file);
    }
}
