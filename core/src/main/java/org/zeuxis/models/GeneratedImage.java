package org.zeuxis.models;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
 * @param provenance what else it was made of; null if of its request alone
 * @param added what was put into the model
 * @param flagged what the model's safety checker saw in it; empty if nothing, or if it was not asked
 */
public record GeneratedImage(
        Image image,
        ImageRequest request,
        String model,
        DType dtype,
        String cut,
        @Nullable Provenance provenance,
        List<AddedFile> added,
        List<FlaggedConcept> flagged) {

    public GeneratedImage {
        added = List.copyOf(added);
        flagged = List.copyOf(flagged);
    }

    /** Of a model into which nothing was put, in which nothing was flagged. */
    public GeneratedImage(
            Image image, ImageRequest request, String model, DType dtype, String cut, @Nullable Provenance provenance) {
        this(image, request, model, dtype, cut, provenance, List.of(), List.of());
    }

    /** Of its request alone. */
    public GeneratedImage(Image image, ImageRequest request, String model, DType dtype, String cut) {
        this(image, request, model, dtype, cut, null);
    }

    public long seed() {
        return request.seed();
    }

    /** The request as PNG text: in the words the usual web interfaces read, and as JSON. */
    public PngText text() {
        Map<String, String> settings = new LinkedHashMap<>();
        Sampling sampling = request.sampling();
        // what is only enlarged has no main stage
        sampling.steps().ifPresent(steps -> settings.put("Steps", Integer.toString(steps)));
        if (!sampling.sampler().isEmpty()) settings.put("Sampler", sampling.sampler());
        sampling.guidance().ifPresent(scale -> settings.put("CFG scale", Double.toString(scale)));
        settings.put("Seed", Long.toString(request.seed()));
        settings.put("Size", request.width() + "x" + request.height());
        settings.put("Model", model);
        for (AddedFile each : added) {
            String kind = each.kind().equals(AddedFile.LORA) ? "Lora" : "TI";
            settings.merge(kind, each.file() + ":" + each.weight(), (all, next) -> all + ", " + next);
        }
        // they count from 1, which is none
        if (request.clipSkip() > 0) settings.put("Clip skip", Integer.toString(request.clipSkip() + 1));
        Source source = request.source();
        if (source != null) settings.put("Denoising strength", Double.toString(source.strength()));
        SecondPass second = request.secondPass();
        if (second != null) {
            settings.put("Hires upscale", Double.toString(second.scale()));
            // they have one strength for both
            settings.putIfAbsent("Denoising strength", Double.toString(second.strength()));
        }
        if (request.safety() != Safety.OFF)
            settings.put("Safety", request.safety().label());
        if (!flagged.isEmpty()) {
            settings.put(
                    "Flagged", flagged.stream().map(FlaggedConcept::toString).collect(Collectors.joining(", ")));
        }
        WebUiParameters words = new WebUiParameters(request.prompt(), request.negative(), settings);
        return PngText.NONE
                .with(PngText.PARAMETERS, words.toText())
                .with(
                        PngText.REQUEST,
                        RequestJson.of(request, model, dtype, provenance, added).text());
    }
}
