package org.zeuxis.models.clip;

import java.util.Map;
import org.zeuxis.tensor.Tensor;

/**
 * The half of a CLIP that sees: a vision transformer or a ResNet.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">CLIP</a>, section 2.4
 */
public sealed interface ImageTower permits ProjectedVisionModel, ModifiedResNet {

    /** What a tower is built to. */
    sealed interface Config permits ClipVisionModel.Config, ModifiedResNet.Config {
        /** Height and columns of the picture in pixels. */
        int imageSize();
    }

    Config config();

    /**
     * @param pixels normalised, [batch, 3, imageSize, imageSize]
     * @return the pictures in the space shared with texts, [batch, width], of any length
     */
    Tensor forward(Tensor pixels);

    /** By the keys of the tower's published layout. */
    Map<String, Tensor> parameters();
}
