package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.zeuxis.app.serve.Json;
import org.zeuxis.app.serve.ServedModels;

/** {@code /v1/models}: which there are. */
public final class ModelEndpoints {
    private final ServedModels models;

    public ModelEndpoints(ServedModels models) {
        this.models = models;
    }

    public void list(Context ctx) throws IOException {
        Json.answer(
                ctx,
                Map.of(
                        "object",
                        "list",
                        "data",
                        models.names().stream().map(this::model).toList()));
    }

    /** The one of the path. */
    public void one(Context ctx) throws IOException {
        Json.answer(ctx, model(models.named(ctx.pathParam("model"))));
    }

    private Map<String, Object> model(String name) {
        Map<String, Object> model = new LinkedHashMap<>();
        model.put("id", name);
        model.put("object", "model");
        model.put("created", models.since().getEpochSecond());
        model.put("owned_by", "zeuxis");
        return model;
    }
}
