package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.app.serve.api.Abilities;
import org.zeuxis.app.serve.api.Json;
import org.zeuxis.app.serve.api.ServedIndex;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;

/** {@code /v1/models}: which there are, and in a field of our own what each can do. */
public final class ModelEndpoints {
    private static final String OWN = "zeuxis";

    private final Serving serving;

    public ModelEndpoints(Serving serving) {
        this.serving = serving;
    }

    public void list(Context ctx) throws IOException {
        Map<String, Object> list = new LinkedHashMap<>();
        list.put("object", "list");
        list.put("data", serving.models().names().stream().map(this::model).toList());
        Map<String, Object> own = new LinkedHashMap<>();
        ServedIndex index = serving.index();
        if (index != null) own.put("index", Map.of("model", index.clip(), "pictures", index.pictures()));
        if (serving.rating() != null) own.put("rating", Serving.RATING);
        if (!own.isEmpty()) list.put(OWN, own);
        Json.answer(ctx, list);
    }

    /** The one of the path. */
    public void one(Context ctx) throws IOException {
        Json.answer(ctx, model(serving.models().expected(ctx.pathParam("model"))));
    }

    private Map<String, Object> model(String name) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("id", name);
        model.put("object", "model");
        model.put("created", serving.models().since().getEpochSecond());
        model.put("owned_by", "zeuxis");
        Abilities abilities = serving.models().abilities(name);
        Map<String, Object> own = new LinkedHashMap<>();
        own.put("tasks", abilities.tasks().stream().map(Task::label).toList());
        own.put("samplers", abilities.samplers());
        own.put("upscale_to", abilities.sizes());
        model.put(OWN, own);
        return model;
    }
}
