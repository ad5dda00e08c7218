package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.NfNetTower;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.models.clip.preprocessing.OpenClipFraming;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The image half of a CLIP: pictures of any size to embeddings.
 *
 * @param preprocessing what a picture goes through before the tower
 */
public record ImageEncoder(ImageTower tower, ClipPreprocessing preprocessing) implements AutoCloseable {
    private static final String OLD_BUFFER = "embeddings.position_ids";
    private static final String TOWER = "image_encoder";
    private static final String FEATURES = "feature_extractor";
    private static final String TRANSFORMER = "CLIPVisionModelWithProjection";
    private static final String VISION = "vision_cfg";
    private static final String WIDTH = "embed_dim";

    /**
     * Opens {@code image_encoder} of a pipeline: a {@code CLIPVisionModelWithProjection} of transformers, whose pictures go
     * through what {@code feature_extractor} says; or a ResNet or an NFNet, of which transformers has none, in open_clip's words, which say
     * that too.
     *
     * @param pipeline the folder that holds both
     * @throws IOException if there is none, or something lacks, in one line
     */
    public static ImageEncoder load(ModelFolder pipeline, DType type) throws IOException {
        ModelFolder folder = pipeline.component(TOWER);
        return ModelFolder.opened(folder.path(), () -> {
            Config file = folder.config();
            if (file.has(VISION)) return convolutional(file, folder, type);
            int width = file.size("projection_dim", 512, Size.WIDTH);
            ClipVisionModel.Config config = ClipVisionModel.Config.from(file);
            ClipPreprocessing preprocessing = ClipPreprocessing.of(pipeline.component(FEATURES), config.imageSize());
            return filled(folder, type, config, width, preprocessing);
        });
    }

    private static ImageEncoder convolutional(Config file, ModelFolder folder, DType type) throws IOException {
        int width = file.size(WIDTH, Size.WIDTH);
        ImageTower.Config config = ImageTower.Config.convolutional(file.child(VISION));
        ClipPreprocessing preprocessing = OpenClipFraming.preprocessing(file, config.imageSize());
        file.refuseUnread();
        return filled(folder, type, config, width, preprocessing);
    }

    private static ImageEncoder filled(
            ModelFolder folder, DType type, ImageTower.Config config, int width, ClipPreprocessing preprocessing)
            throws IOException {
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights).ignoring(OLD_BUFFER).as(type);
            ImageTower tower = state.sized(() -> ImageTower.of(config, width));
            state.loadInto(tower.parameters());
            tower.pack();
            return new ImageEncoder(tower, preprocessing);
        }
    }

    /** Writes what {@link #load} opens; that of a ResNet or an NFNet is opened here alone. */
    void save(Path pipeline) throws IOException {
        ConfigWriter config = tower.config().write();
        if (tower instanceof ProjectedVisionModel) {
            config.put("architectures", List.of(TRANSFORMER)).put("projection_dim", tower.width());
            preprocessing.write(pipeline.resolve(FEATURES));
        } else {
            config = new ConfigWriter()
                    .put(WIDTH, tower.width())
                    .put(VISION, config)
                    .put("preprocess_cfg", OpenClipFraming.write(preprocessing));
        }
        ModelFolder.save(pipeline.resolve(TOWER), ModelFolder.Layout.TRANSFORMERS, config, tower.parameters());
    }

    /** What {@link #save} writes, each folder with its library and class, as {@code model_index.json} names them. */
    Map<String, List<String>> components() {
        return tower instanceof ProjectedVisionModel
                ? Map.of(
                        TOWER,
                        List.of("transformers", TRANSFORMER),
                        FEATURES,
                        List.of("transformers", "CLIPImageProcessor"))
                : Map.of(TOWER, List.of("zeuxis", tower instanceof NfNetTower ? "NfNetTower" : "ModifiedResNet"));
    }

    /**
     * Embeds pictures of any size.
     *
     * @return [pictures, width], as the projection gives them: of any length
     */
    public Tensor embeddings(List<Image> images) {
        return tower.forward(preprocessing.apply(images)).to(DType.FLOAT32);
    }

    @Override
    public void close() {
        tower.close();
    }
}
