package org.zeuxis.springai;

import java.net.URL;
import org.springframework.ai.content.Media;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.EncodedPicture;

/** Spring AI's media as pictures: those that they bring along. */
final class Pictures {
    private Pictures() {}

    /** @throws IllegalArgumentException if it is no picture, or one that lies elsewhere; in one line */
    static Image of(Media media) {
        if (!media.getMimeType().getType().equals("image")) {
            throw new IllegalArgumentException("expected pictures, got media of the type " + media.getMimeType());
        }
        Object data = media.getData();
        if (data instanceof byte[] bytes) return EncodedPicture.decode(bytes);
        if (data instanceof String text) return EncodedPicture.decode(text);
        if (data instanceof URL url) return EncodedPicture.decode(url.toString());
        throw new IllegalArgumentException("expected a picture as bytes or in base64, got a "
                + data.getClass().getSimpleName());
    }
}
