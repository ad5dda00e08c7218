package org.zeuxis.models.unclip;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.Size;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.models.clip.ImageTower;
import org.zeuxis.models.clip.ProjectedVisionModel;
import org.zeuxis.models.clip.preprocessing.ClipPreprocessing;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * The image half of a CLIP: pictures of any size to embeddings.
 *
 * @param preprocessing what a picture goes through before the tower
 */
public record ImageEncoder(ImageTower tower, ClipPreprocessing preprocessing) implements AutoCloseable {
    private static final String OLD_BUFFER = "embeddings.position_ids";

    /**
     * Opens a {@code CLIPVisionModelWithProjection} of transformers and what its pictures go through, {@code
     * preprocessor_config.json} in a folder of its own.
     *
     * @throws IOException if one is none, or lacks something, in one line
     */
    public static ImageEncoder load(ModelFolder tower, ModelFolder features) throws IOException {
        return ModelFolder.opened(tower.path(), () -> {
            Config file = tower.config();
            int width = file.size("projection_dim", 512, Size.WIDTH);
            ClipVisionModel.Config config = ClipVisionModel.Config.from(file);
            ClipPreprocessing preprocessing = ClipPreprocessing.of(features, config.imageSize());
            try (Weights weights = tower.weights()) {
                StateDict state = StateDict.of(weights).ignoring(OLD_BUFFER).as(DType.FLOAT32);
                ProjectedVisionModel model = state.sized(() -> new ProjectedVisionModel(config, width));
                state.loadInto(model.parameters());
                return new ImageEncoder(model, preprocessing);
            }
        });
    }

    /**
     * Writes both folders.
     *
     * @throws IOException if the tower is a ResNet, of which transformers has none, or the disk refuses
     */
    public void save(Path towerFolder, Path features) throws IOException {
        if (!(tower instanceof ProjectedVisionModel model)) {
            throw new IOException(
                    "expected a vision transformer to save for transformers, got a ResNet; save its CLIP");
        }
        ModelFolder.save(
                towerFolder,
                ModelFolder.Layout.TRANSFORMERS,
                model.config()
                        .write()
                        .put("architectures", List.of("CLIPVisionModelWithProjection"))
                        .put("projection_dim", model.width()),
                model.parameters());
        preprocessing.write(features);
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
