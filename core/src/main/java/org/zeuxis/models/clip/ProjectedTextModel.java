package org.zeuxis.models.clip;

import java.io.IOException;
import java.util.List;
import org.zeuxis.checkpoint.ModelFolder;
import org.zeuxis.checkpoint.StateDict;
import org.zeuxis.checkpoint.format.Weights;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigWriter;
import org.zeuxis.config.Size;
import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.DType;
import org.zeuxis.tensor.Tensor;

/**
 * A text tower whose state at the end token is projected into the space shared with pictures; its keys are those of
 * transformers' {@code CLIPTextModelWithProjection}.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, Figure 3, {@code W_t}
 */
public final class ProjectedTextModel extends Module {
    private static final String OLD_BUFFER = "embeddings.position_ids";

    private final ClipTextModel model;
    private final Linear projection;
    private final int width;

    /** @param width of the space shared with pictures */
    public ProjectedTextModel(ClipTextModel.Config c, int width) {
        this(new ClipTextModel(c), projection(c.width(), width), width);
    }

    /** Of parts that are there already. */
    ProjectedTextModel(ClipTextModel model, Linear projection, int width) {
        this.model = child("text_model", model);
        this.projection = child("text_projection", projection);
        this.width = width;
    }

    static Linear projection(int textWidth, int width) {
        return Linear.withoutBias(textWidth, width, Initialization.normal(Math.pow(textWidth, -0.5)));
    }

    /**
     * Opens a folder of transformers, in float32.
     *
     * @throws IOException if it is none, or lacks something, in one line
     */
    public static ProjectedTextModel load(ModelFolder folder) throws IOException {
        return load(folder, DType.FLOAT32);
    }

    /** The same, to compute in {@code type}. */
    public static ProjectedTextModel load(ModelFolder folder, DType type) throws IOException {
        Config file = folder.config();
        int width = file.size("projection_dim", 512, Size.WIDTH);
        ClipTextModel.Config config = ClipTextModel.Config.from(file);
        try (Weights weights = folder.weights()) {
            StateDict state = StateDict.of(weights).ignoring(OLD_BUFFER).as(type);
            ProjectedTextModel model = state.sized(() -> new ProjectedTextModel(config, width));
            state.loadInto(model);
            return model;
        }
    }

    /** As the {@code config.json} of {@code CLIPTextModelWithProjection}. */
    public ConfigWriter write(int startToken, int padToken) {
        return model.config()
                .write(startToken, padToken)
                .put("architectures", List.of("CLIPTextModelWithProjection"))
                .put("projection_dim", width);
    }

    /** The tower itself. */
    public ClipTextModel model() {
        return model;
    }

    /** The width of the space shared with pictures. */
    public int width() {
        return width;
    }

    /**
     * @param states of every token, as the {@linkplain #model tower} gives them for {@code ids}, [batch, tokens, textWidth]
     * @param ids [batch, tokens] of int64
     * @return [batch, width], of any length
     */
    public Tensor project(Tensor states, Tensor ids) {
        return projection.forward(model.pooled(states, ids));
    }
}
