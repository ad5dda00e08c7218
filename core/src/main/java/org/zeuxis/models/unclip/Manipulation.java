package org.zeuxis.models.unclip;

import org.zeuxis.models.Provenance;
import org.zeuxis.tensor.Tensor;

/**
 * An image embedding made of those of pictures and captions, for the decoder to draw.
 *
 * @see <a href="https://arxiv.org/abs/2204.06125">unCLIP</a>, section 3
 */
public sealed interface Manipulation permits Blend, TextDiff, Reconstruction {
    /**
     * @return [1, width]
     * @throws IllegalArgumentException if the model lacks what it takes
     */
    Tensor embedding(UnClip model);

    /** As the picture says it. */
    Provenance provenance();
}
