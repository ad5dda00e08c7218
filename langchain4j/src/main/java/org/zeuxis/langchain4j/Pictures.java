package org.zeuxis.langchain4j;

import dev.langchain4j.data.image.Image;
import java.net.URI;
import org.zeuxis.image.codec.EncodedPicture;

/** LangChain4j's pictures as ours: those that they bring along. */
final class Pictures {
    private Pictures() {}

    /** @throws IllegalArgumentException if it is no picture, or one that lies elsewhere; in one line */
    static org.zeuxis.image.Image of(Image image) {
        String data = image.base64Data();
        if (data != null) return EncodedPicture.decode(data);
        URI url = image.url();
        if (url != null) return EncodedPicture.decode(url.toString());
        throw new IllegalArgumentException("expected a picture in base64, got one without data");
    }
}
