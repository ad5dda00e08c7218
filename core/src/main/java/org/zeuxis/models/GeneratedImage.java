package org.zeuxis.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.image.Image;
import org.zeuxis.image.PngText;
import org.zeuxis.image.WebUiParameters;

/**
 * A picture with everything needed to draw it again.
 *
 * @param request with nothing left to the model: sampler and size are filled in, and the seed is this picture's own
 * @param model what drew it
 * @param cut what of the prompt was too long to be read; empty if all was read
 */
public record GeneratedImage(Image image, ImageRequest request, String model, String cut) {
    private static final ObjectMapper JSON = new ObjectMapper();

    public long seed() {
        return request.seed();
    }

    /** The request as PNG text: in the words the usual web interfaces read, and as JSON. */
    public PngText text() {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("Steps", Integer.toString(request.steps()));
        settings.put("Sampler", request.sampler());
        settings.put("CFG scale", Double.toString(request.guidance()));
        settings.put("Seed", Long.toString(request.seed()));
        settings.put("Size", request.width() + "x" + request.height());
        settings.put("Model", model);
        WebUiParameters words = new WebUiParameters(request.prompt(), request.negative(), settings);
        return PngText.NONE.with(PngText.PARAMETERS, words.toText()).with(PngText.REQUEST, json());
    }

    private String json() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("prompt", request.prompt());
        fields.put("negative", request.negative());
        fields.put("seed", request.seed());
        fields.put("steps", request.steps());
        fields.put("guidance", request.guidance());
        fields.put("sampler", request.sampler());
        fields.put("width", request.width());
        fields.put("height", request.height());
        fields.put("model", model);
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a request could not be written as JSON", e);
        }
    }
}
