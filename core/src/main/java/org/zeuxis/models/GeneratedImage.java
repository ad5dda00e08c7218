package org.zeuxis.models;

import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.image.codec.WebUiParameters;
import org.zeuxis.tensor.DType;

/**
 * A picture with everything needed to draw it again.
 *
 * @param request with nothing left to the model: sampler and size are filled in, and the seed is this picture's own
 * @param model what drew it
 * @param dtype what that model computed in
 * @param cut what of the prompt was too long to be read; empty if all was read
 */
public record GeneratedImage(Image image, ImageRequest request, String model, DType dtype, String cut) {
    public long seed() {
        return request.seed();
    }

    /** The request as PNG text: in the words the usual web interfaces read, and as JSON. */
    public PngText text() {
        Map<String, String> settings = new LinkedHashMap<>();
        Sampling sampling = request.sampling();
        settings.put("Steps", Integer.toString(sampling.steps().orElseThrow()));
        settings.put("Sampler", sampling.sampler());
        settings.put("CFG scale", Double.toString(sampling.guidance().orElseThrow()));
        settings.put("Seed", Long.toString(request.seed()));
        settings.put("Size", request.width() + "x" + request.height());
        settings.put("Model", model);
        Source source = request.source();
        if (source != null) settings.put("Denoising strength", Double.toString(source.strength()));
        WebUiParameters words = new WebUiParameters(request.prompt(), request.negative(), settings);
        return PngText.NONE
                .with(PngText.PARAMETERS, words.toText())
                .with(PngText.REQUEST, RequestJson.of(request, model, dtype).text());
    }
}
