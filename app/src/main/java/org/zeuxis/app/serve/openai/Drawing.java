package org.zeuxis.app.serve.openai;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.zeuxis.app.queue.Kept;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.ApiException;
import org.zeuxis.app.serve.JobStatus;
import org.zeuxis.app.serve.Json;
import org.zeuxis.app.serve.Refusal;
import org.zeuxis.app.serve.Serving;
import org.zeuxis.app.web.EventStream;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;
import org.zeuxis.models.ImageRequest;
import org.zeuxis.models.TextToImage;
import org.zeuxis.models.unclip.UnClip;

/** Has ordered pictures drawn, and answers with them: whole, as a stream, or later. */
final class Drawing {
    private static final double STRENGTH = 0.75;
    private static final Duration STILL_THERE = Duration.ofSeconds(5);
    private static final String PREFER = "Prefer";
    private static final String LATER = "respond-async";

    private final Serving serving;

    Drawing(Serving serving) {
        this.serving = serving;
    }

    /** @param events what those of a stream are called, such as image_generation */
    void answer(Context ctx, ImageOrder order, String events) throws Exception {
        Ticket<Kept> ticket = serving.queue().submit(order.caller(), order.bytes(), now -> draw(order, now));
        ctx.header("Zeuxis-Job", ticket.id());
        if (String.valueOf(ctx.header(PREFER)).contains(LATER)) {
            ctx.header("Location", JobStatus.path(ticket.id())).header("Preference-Applied", LATER);
            Json.answer(ctx.status(202), JobStatus.of(ticket, serving.queue()));
        } else if (order.stream()) {
            stream(EventStream.begin(ctx), order, ticket, events);
        } else {
            Kept kept = ticket.await();
            Json.answer(ctx, whole(ctx, order, kept));
        }
    }

    private Kept draw(ImageOrder order, Ticket<Kept> ticket) throws IOException {
        ticket.goOn();
        TextToImage model = serving.open().open(order.model(), TextToImage.class);
        // a variation of unCLIP is drawn anew from the embedding, anything else from the picture
        ImageRequest request = order.whole(model instanceof UnClip ? 1 : STRENGTH);
        List<byte[]> pictures = new ArrayList<>();
        List<Long> seeds = new ArrayList<>();
        String cut = "";
        try {
            for (int i = 0; i < request.count(); i++) {
                Events events = ticket.events(i, previews(order, ticket));
                GeneratedImage drawn = model.generate(request.withCount(1).withSeed(request.seed() + i), events)
                        .get(0);
                pictures.add(ImageFile.png(drawn.image(), drawn.text()));
                seeds.add(drawn.seed());
                cut = drawn.cut();
            }
        } catch (IllegalArgumentException e) {
            throw ApiException.wrong(null, order.model() + ": " + e.getMessage());
        }
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("model", order.model());
        about.put("seeds", seeds);
        if (!cut.isEmpty()) about.put("left_out", cut);
        return serving.results().keep(ticket.id(), pictures, Json.text(about));
    }

    /** Shows the picture at steps that are evenly spread. */
    private static Events previews(ImageOrder order, Ticket<Kept> ticket) {
        int wanted = order.previews();
        return event -> {
            if (wanted == 0 || !event.stage().isEmpty()) return;
            int before = (event.step() - 1) * (wanted + 1) / event.steps();
            int now = event.step() * (wanted + 1) / event.steps();
            if (now == before || now > wanted) return;
            event.preview().get().ifPresent(image -> ticket.show(ImageFile.png(image, PngText.NONE)));
        };
    }

    private Map<String, Object> whole(Context ctx, ImageOrder order, Kept kept) throws IOException {
        List<Map<String, Object>> data = new ArrayList<>();
        for (int i = 0; i < kept.pictures().size(); i++) {
            Map<String, Object> one = new LinkedHashMap<>();
            if (order.url()) one.put("url", "http://" + ctx.header("Host") + JobStatus.picturePath(kept.id(), i));
            else one.put("b64_json", base64(kept.pictures().get(i)));
            one.put("seed", order.request().seed() + i);
            data.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("created", kept.created().getEpochSecond());
        answer.put("data", data);
        answer.put("output_format", "png");
        answer.put("background", "opaque");
        return answer;
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    private void stream(EventStream stream, ImageOrder order, Ticket<Kept> ticket, String events)
            throws InterruptedException {
        try {
            int shown = 0;
            while (!ticket.state().isOver()) {
                ticket.awaitChange(ticket.progress(), shown, STILL_THERE);
                int before = shown;
                shown = showNew(stream, order, ticket, events, shown);
                if (shown == before) stream.stillThere();
            }
            shown = showNew(stream, order, ticket, events, shown);
            Kept kept = ticket.await();
            for (int i = 0; i < kept.pictures().size(); i++) {
                Map<String, Object> last =
                        event(events + ".completed", base64(kept.pictures().get(i)), kept);
                last.put("seed", order.request().seed() + i);
                stream.send(events + ".completed", Json.text(last));
            }
        } catch (ExecutionException | CancellationException e) {
            fail(stream, e);
        } catch (IOException e) {
            serving.queue().cancel(ticket); // nobody listens
        }
    }

    private static int showNew(EventStream stream, ImageOrder order, Ticket<Kept> ticket, String events, int shown)
            throws IOException {
        List<byte[]> all = List.copyOf(ticket.previews());
        for (int i = shown; i < all.size(); i++) {
            Map<String, Object> partial =
                    event(events + ".partial_image", Base64.getEncoder().encodeToString(all.get(i)), null);
            partial.put("partial_image_index", i % order.previews());
            stream.send(events + ".partial_image", Json.text(partial));
        }
        return Math.max(shown, all.size());
    }

    private static Map<String, Object> event(String type, String picture, @Nullable Kept kept) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.put("b64_json", picture);
        event.put(
                "created_at",
                kept == null ? Instant.now().getEpochSecond() : kept.created().getEpochSecond());
        event.put("background", "opaque");
        event.put("output_format", "png");
        return event;
    }

    private static void fail(EventStream stream, Exception e) {
        try {
            stream.send("error", Json.text(Refusal.of(e).body()));
        } catch (IOException gone) {
            return; // nobody listens
        }
    }
}
