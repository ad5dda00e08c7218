package org.zeuxis.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.image.Image;
import org.zeuxis.image.PngText;

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
        StringBuilder words = new StringBuilder(request.prompt());
        if (!request.negative().isEmpty()) words.append("\nNegative prompt: ").append(request.negative());
        words.append("\nSteps: ").append(request.steps());
        words.append(", Sampler: ").append(request.sampler());
        words.append(", CFG scale: ").append(request.guidance());
        words.append(", Seed: ").append(request.seed());
        words.append(", Size: ").append(request.width()).append('x').append(request.height());
        words.append(", Model: ").append(model);
        return new PngText(Map.of()).with(PngText.PARAMETERS, words.toString()).with(PngText.REQUEST, json());
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
