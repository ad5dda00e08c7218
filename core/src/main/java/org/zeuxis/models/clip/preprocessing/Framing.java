package org.zeuxis.models.clip.preprocessing;

import org.zeuxis.image.Image;

/** How a picture of any size and shape is brought to the square that the image tower sees. */
public sealed interface Framing permits ImageProcessorFraming, OpenClipFraming {

    /**
     * @param image without transparency
     * @return the whole or a part of it, usually of the tower's size
     */
    Image apply(Image image);
}
