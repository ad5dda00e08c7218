package org.zeuxis.models.clip;

import org.zeuxis.nn.Initialization;
import org.zeuxis.nn.Linear;
import org.zeuxis.nn.Module;
import org.zeuxis.tensor.Tensor;

/**
 * A vision transformer whose class token is projected into the space shared with texts; its keys are those of transformers'
 * {@code CLIPVisionModelWithProjection}.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, Figure 3, {@code W_i}
 */
public final class ProjectedVisionModel extends Module implements ImageTower {
    private final ClipVisionModel model;
    private final Linear projection;
    private final int width;

    /** @param width of the space shared with texts */
    public ProjectedVisionModel(ClipVisionModel.Config c, int width) {
        this.width = width;
        model = child("vision_model", new ClipVisionModel(c));
        projection = child(
                "visual_projection",
                Linear.withoutBias(c.width(), width, Initialization.normal(Math.pow(c.width(), -0.5))));
    }

    @Override
    public ClipVisionModel.Config config() {
        return model.config();
    }

    @Override
    public int width() {
        return width;
    }

    /** The transformer itself, whose states nothing has projected. */
    public ClipVisionModel model() {
        return model;
    }

    @Override
    public Tensor pooled(Tensor pixels) {
        return model.pooled(model.forward(pixels));
    }

    /** The same of some patches alone; see {@link ClipVisionModel#forward(Tensor, Tensor)}. */
    public Tensor pooled(Tensor pixels, Tensor kept) {
        return model.pooled(model.forward(pixels, kept));
    }

    @Override
    public Tensor project(Tensor pooled) {
        return projection.forward(pooled.to(projection.dtype()));
    }
}
