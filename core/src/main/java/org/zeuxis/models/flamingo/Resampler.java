package org.zeuxis.models.flamingo;

import org.zeuxis.nn.Parameterized;
import org.zeuxis.tensor.Tensor;

/** What becomes of visual features before words look at them. */
@FunctionalInterface
public interface Resampler extends Parameterized {
    /** Nothing: every feature of every frame is a visual token. */
    Resampler NONE = features -> features.rearrange("b t p d -> b (t p) d");

    /**
     * @param features of each picture or video, [batch, frames, patches, width]
     * @return visual tokens, [batch, latents, width]
     */
    Tensor forward(Tensor features);

    /** How many frames of a video have an embedding that tells when they are; 0 if it was made for pictures. */
    default int frames() {
        return 0;
    }

    /** How many rows, and as many columns, of the features have an embedding that tells where they are; 0 for none. */
    default int places() {
        return 0;
    }
}
