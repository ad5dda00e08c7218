package org.zeuxis.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.zeuxis.config.Config;
import org.zeuxis.config.ConfigException;
import org.zeuxis.image.Image;
import org.zeuxis.tensor.DType;

/**
 * A request as JSON, its one form: what a picture carries, and is drawn again from.
 *
 * <p>It does not carry pictures: who shares what was drawn need not share what it was drawn from.
 *
 * @param request without its source
 * @param model what drew it, by name; empty if that is not said
 * @param dtype what that computed in; not written if it is float32, as it was for all pictures that do not say
 * @param source what is said of its source; null if it has none
 * @param provenance what else the picture was made of; null if nothing
 * @param added what was put into the model
 */
public record RequestJson(
        ImageRequest request,
        String model,
        DType dtype,
        @Nullable Traces source,
        @Nullable Provenance provenance,
        List<AddedFile> added) {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MAIN = "";
    private static final String MADE = "made_by";
    private static final String OF = "made_of";
    private static final String SECOND = "second_pass";
    private static final String NOISE_LEVEL = "noise_level";

    /**
     * What is said of a source.
     *
     * @param image the hash of its picture
     * @param mask the hash of its mask; empty if it has none
     */
    public record Traces(double strength, String image, String mask) {
        static Traces of(Source source) {
            Image mask = source.mask();
            return new Traces(
                    source.strength(), Provenance.hash(source.image()), mask == null ? "" : Provenance.hash(mask));
        }

        /** Whether {@code source} has the same picture and mask. */
        public boolean fits(Source source) {
            Traces other = of(source);
            return image.equals(other.image) && mask.equals(other.mask);
        }
    }

    /**
     * @param model what draws it, by name
     * @param dtype what that computes in
     * @param provenance what else the picture is made of; null if nothing
     */
    public static RequestJson of(ImageRequest request, String model, DType dtype, @Nullable Provenance provenance) {
        return of(request, model, dtype, provenance, List.of());
    }

    /** The same with what was put into the model. */
    public static RequestJson of(
            ImageRequest request, String model, DType dtype, @Nullable Provenance provenance, List<AddedFile> added) {
        Source source = request.source();
        Traces traces = source == null ? null : Traces.of(source);
        return new RequestJson(request.withoutSource(), model, dtype, traces, provenance, List.copyOf(added));
    }

    /** Of a picture that is made of nothing else. */
    public static RequestJson of(ImageRequest request, String model, DType dtype) {
        return of(request, model, dtype, null);
    }

    /**
     * @param origin how messages call what {@code json} comes from
     * @throws IOException if {@code json} is not a JSON object
     * @throws org.zeuxis.config.ConfigException if it is not a request, or says more than is known here
     */
    public static RequestJson parse(String origin, String json) throws IOException {
        Config c = Config.parse(origin, json);
        ImageRequest request;
        try {
            request = ImageRequest.of(c.text("prompt", ""))
                    .withNegative(c.text("negative", ""))
                    .withSeed(c.wholeNumber("seed", 0))
                    .with(sampling(c))
                    .withSize(c.integer("width", 0), c.integer("height", 0))
                    .withCount(c.integer("count", 1))
                    .withClipSkip(c.integer("clip_skip", 0))
                    .withSafety(Safety.labelled(c.text("safety", Safety.OFF.label())));
            if (c.isObject(SECOND)) {
                Config pass = c.child(SECOND);
                request = request.withSecondPass(new SecondPass(pass.number("scale"), pass.number("strength")));
                pass.refuseUnread();
            }
            Config stages = c.isObject("stages") ? c.child("stages") : Config.of(origin, Map.of());
            for (String stage : stages.keys()) {
                Config s = stages.child(stage);
                request = request.with(stage, sampling(s));
                s.refuseUnread();
            }
        } catch (ConfigException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw new ConfigException(origin + ": " + e.getMessage());
        }
        Traces source =
                c.has("strength") ? new Traces(c.number("strength"), c.text("source"), c.text("mask", "")) : null;
        Provenance provenance = c.has(MADE)
                ? new Provenance(c.text(MADE), c.has(OF) ? c.child(OF).texts() : Map.of())
                : null;
        RequestJson read = new RequestJson(request, c.text("model", ""), dtype(c), source, provenance, added(c));
        c.refuseUnread();
        return read;
    }

    private static List<AddedFile> added(Config c) {
        List<AddedFile> all = new ArrayList<>();
        for (Config each : c.has("added") ? c.children("added") : List.<Config>of()) {
            all.add(new AddedFile(each.text("kind"), each.text("file"), each.text("sha256"), each.number("weight", 1)));
            each.refuseUnread();
        }
        return all;
    }

    private static DType dtype(Config c) {
        c.expect("dtype", DType.FLOAT32.label(), DType.BFLOAT16.label(), DType.INT8.label(), DType.INT4.label());
        return DType.valueOf(c.text("dtype", DType.FLOAT32.label()).toUpperCase(Locale.ROOT));
    }

    private static Sampling sampling(Config c) {
        return new Sampling(
                c.has("steps") ? OptionalInt.of(c.integer("steps")) : OptionalInt.empty(),
                c.has("guidance") ? OptionalDouble.of(c.number("guidance")) : OptionalDouble.empty(),
                c.text("sampler", ""),
                c.has(NOISE_LEVEL) ? OptionalInt.of(c.integer(NOISE_LEVEL)) : OptionalInt.empty());
    }

    /** The JSON text, in one line. */
    public String text() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("prompt", request.prompt());
        fields.put("negative", request.negative());
        fields.put("seed", request.seed());
        put(fields, request.sampling());
        fields.put("width", request.width());
        fields.put("height", request.height());
        fields.put("model", model);
        if (dtype != DType.FLOAT32) fields.put("dtype", dtype.label());
        if (!added.isEmpty()) fields.put("added", added);
        if (request.count() > 1) fields.put("count", request.count());
        if (request.clipSkip() > 0) fields.put("clip_skip", request.clipSkip());
        if (request.safety() != Safety.OFF)
            fields.put("safety", request.safety().label());
        SecondPass second = request.secondPass();
        if (second != null)
            fields.put(SECOND, new TreeMap<>(Map.of("scale", second.scale(), "strength", second.strength())));
        if (source != null) {
            fields.put("strength", source.strength());
            fields.put("source", source.image());
            if (!source.mask().isEmpty()) fields.put("mask", source.mask());
        }
        if (provenance != null) {
            fields.put(MADE, provenance.by());
            if (!provenance.of().isEmpty()) fields.put(OF, provenance.of());
        }
        Map<String, Object> stages = new LinkedHashMap<>();
        request.stages().forEach((stage, sampling) -> {
            if (!stage.equals(MAIN)) put(fields(stages, stage), sampling);
        });
        if (!stages.isEmpty()) fields.put("stages", stages);
        try {
            return JSON.writeValueAsString(fields);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a request could not be written as JSON", e);
        }
    }

    private static Map<String, Object> fields(Map<String, Object> stages, String stage) {
        Map<String, Object> fields = new LinkedHashMap<>();
        stages.put(stage, fields);
        return fields;
    }

    private static void put(Map<String, Object> fields, Sampling sampling) {
        sampling.steps().ifPresent(steps -> fields.put("steps", steps));
        sampling.guidance().ifPresent(guidance -> fields.put("guidance", guidance));
        if (!sampling.sampler().isEmpty()) fields.put("sampler", sampling.sampler());
        sampling.noiseLevel().ifPresent(level -> fields.put(NOISE_LEVEL, level));
    }
}
