package org.zeuxis.app.serve.own;

import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Json;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.api.Task;
import org.zeuxis.config.Config;
import org.zeuxis.image.Image;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.PromptTemplates;
import org.zeuxis.models.clip.ZeroShotClassifier;
import org.zeuxis.models.clip.ZeroShotClassifier.Prediction;

/** {@code /v1/zeuxis/classify}: which of any labels fits pictures best. */
public final class ClassifyEndpoint {
    private static final int MOST_LABELS = 1000;
    private static final int MOST_IMAGES = 64;
    private static final int LONGEST = 1000; // characters of a label
    private static final int AT_ONCE = 16; // pictures, between which it can be stopped

    private final Serving serving;

    public ClassifyEndpoint(Serving serving) {
        this.serving = serving;
    }

    public void classify(Context ctx) throws Exception {
        Asked asked = Asked.json(ctx);
        Config c = asked.fields();
        String model = serving.models().named(c.text("model", ""), Task.CLASSIFY);
        List<String> labels = List.copyOf(new LinkedHashSet<>(c.texts("labels")));
        List<String> templates = c.texts("templates", List.of());
        List<String> uris = c.texts("images");
        c.refuseUnread();
        if (labels.isEmpty() || labels.size() > MOST_LABELS) {
            throw ApiException.wrong("labels", "expected 1 to " + MOST_LABELS + " labels, got " + labels.size());
        }
        if (labels.stream().anyMatch(label -> label.isBlank() || label.length() > LONGEST)) {
            throw ApiException.wrong("labels", "expected labels of 1 to " + LONGEST + " characters, got another");
        }
        if (uris.isEmpty() || uris.size() > MOST_IMAGES) {
            throw ApiException.wrong("images", "expected 1 to " + MOST_IMAGES + " pictures, got " + uris.size());
        }
        PromptTemplates words = templates.isEmpty() ? PromptTemplates.BARE : new PromptTemplates(templates);
        List<Image> images = new ArrayList<>();
        long bytes = 0;
        for (String uri : uris) {
            Image image = serving.pictures().decode(uri, "images");
            images.add(image);
            bytes += image.samples().length;
        }
        Ticket<List<List<Prediction>>> ticket = serving.queue()
                .submit(
                        asked.caller(),
                        bytes,
                        own -> serving.open()
                                .use(model, ClipFolder.class, clip -> classified(clip, labels, words, images, own)));
        List<Map<String, Object>> data = new ArrayList<>();
        for (List<Prediction> best : serving.await(ctx, ticket)) data.add(Map.of("index", data.size(), "labels", best));
        Json.answer(ctx, Map.of("model", model, "data", data));
    }

    private static List<List<Prediction>> classified(
            ClipFolder clip, List<String> labels, PromptTemplates words, List<Image> images, Ticket<?> ticket) {
        ticket.goOn();
        List<List<Prediction>> all = new ArrayList<>();
        try (ZeroShotClassifier classifier = new ZeroShotClassifier(clip, labels, words)) {
            for (int from = 0; from < images.size(); from += AT_ONCE) {
                ticket.goOn();
                all.addAll(classifier.classify(images.subList(from, Math.min(images.size(), from + AT_ONCE))));
            }
        }
        return all;
    }
}
