package org.zeuxis.app.serve.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletRequest;
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
import org.zeuxis.app.web.EventStream;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.machine.NoRoomToComputeException;
import org.zeuxis.models.Events;
import org.zeuxis.models.GeneratedImage;

/** Has ordered pictures made, and answers with them: whole, as a stream, or later. */
public final class Drawing {
    private static final Duration STILL_THERE = Duration.ofSeconds(5);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SEEDS = "seeds";
    private static final String PREFER = "Prefer";
    private static final String LATER = "respond-async";

    /** What OpenAI's clients expect of a stream; pictures are not counted in tokens here. */
    private static final Map<String, Object> USAGE = Map.of(
            "input_tokens",
            0,
            "input_tokens_details",
            Map.of("image_tokens", 0, "text_tokens", 0),
            "output_tokens",
            0,
            "total_tokens",
            0);

    private final Serving serving;

    public Drawing(Serving serving) {
        this.serving = serving;
    }

    /** @param events what those of a stream are called, such as image_generation */
    public void answer(Context ctx, PictureOrder order, String events) throws Exception {
        Ticket<Kept> ticket = serving.queue().submit(order.caller(), order.bytes(), now -> make(order, now));
        ctx.header("Zeuxis-Job", ticket.id());
        if (String.valueOf(ctx.header(PREFER)).contains(LATER)) {
            ctx.header("Location", JobStatus.path(ticket.id())).header("Preference-Applied", LATER);
            Json.answer(ctx.status(202), JobStatus.of(ticket, serving.queue()));
        } else if (order.delivery().stream()) {
            stream(EventStream.begin(ctx), order, ticket, events);
        } else {
            Json.answer(ctx, whole(ctx, order.delivery(), serving.await(ctx, ticket)));
        }
    }

    private Kept make(PictureOrder order, Ticket<Kept> ticket) throws Exception {
        ticket.goOn();
        List<byte[]> pictures = new ArrayList<>();
        List<Long> seeds = new ArrayList<>();
        String cut = "";
        try {
            for (int i = 0; i < order.count(); i++) {
                Events events = ticket.events(i, previews(order.delivery().previews(), ticket));
                GeneratedImage drawn = order.making().make(serving.open(), i, events);
                pictures.add(ImageFile.png(drawn.image(), drawn.text()));
                seeds.add(drawn.seed());
                cut = drawn.cut();
            }
        } catch (NoRoomToComputeException e) {
            throw e;
        } catch (IllegalArgumentException e) {
            throw ApiException.wrong(null, order.model() + ": " + e.getMessage());
        }
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("model", order.model());
        about.put(SEEDS, seeds);
        if (!cut.isEmpty()) about.put("left_out", cut);
        return serving.results().keep(ticket.id(), pictures, Json.text(about));
    }

    /** Shows one picture at steps that are evenly spread over the first of its stages that draws; those after it show what is left. */
    private static Events previews(int wanted, Ticket<Kept> ticket) {
        int[] left = {wanted};
        return event -> {
            int before = (event.step() - 1) * (wanted + 1) / event.steps();
            int now = event.step() * (wanted + 1) / event.steps();
            if (left[0] == 0 || now == before || now > wanted) return;
            event.preview().get().ifPresent(image -> {
                ticket.show(ImageFile.png(image, PngText.NONE));
                left[0]--;
            });
        };
    }

    private static Map<String, Object> whole(Context ctx, Delivery delivery, Kept kept) throws IOException {
        List<Long> seeds = seeds(kept);
        List<Map<String, Object>> data = new ArrayList<>();
        for (int i = 0; i < kept.pictures().size(); i++) {
            Map<String, Object> one = new LinkedHashMap<>();
            if (delivery.url()) one.put("url", origin(ctx) + JobStatus.picturePath(kept.id(), i));
            else one.put("b64_json", base64(kept.pictures().get(i)));
            one.put("seed", seeds.get(i));
            data.add(one);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("created", kept.created().getEpochSecond());
        answer.put("data", data);
        answer.put("output_format", "png");
        answer.put("background", "opaque");
        return answer;
    }

    /** As the caller sees it; https behind a proxy that is trusted to say so. */
    private static String origin(Context ctx) {
        HttpServletRequest request = ctx.req();
        int usual = request.getScheme().equals("https") ? 443 : 80;
        String port = request.getServerPort() == usual ? "" : ":" + request.getServerPort();
        return request.getScheme() + "://" + request.getServerName() + port;
    }

    private static List<Long> seeds(Kept kept) throws IOException {
        List<Long> seeds = new ArrayList<>();
        for (JsonNode seed : JSON.readTree(kept.about()).path(SEEDS)) seeds.add(seed.longValue());
        return seeds;
    }

    private static String base64(Path file) throws IOException {
        return Base64.getEncoder().encodeToString(Files.readAllBytes(file));
    }

    private void stream(EventStream stream, PictureOrder order, Ticket<Kept> ticket, String events)
            throws InterruptedException {
        try {
            int shown = 0;
            while (!ticket.state().isOver()) {
                ticket.awaitChange(ticket.progress(), shown, STILL_THERE);
                int before = shown;
                shown = showNew(stream, order.delivery(), ticket, events, shown);
                if (shown == before) stream.stillThere();
            }
            shown = showNew(stream, order.delivery(), ticket, events, shown);
            Kept kept = ticket.await();
            List<Long> seeds = seeds(kept);
            for (int i = 0; i < kept.pictures().size(); i++) {
                Map<String, Object> last =
                        event(events + ".completed", base64(kept.pictures().get(i)), kept);
                last.put("seed", seeds.get(i));
                last.put("usage", USAGE);
                stream.send(events + ".completed", Json.text(last));
            }
        } catch (ExecutionException | CancellationException e) {
            fail(stream, e);
        } catch (IOException e) {
            serving.queue().cancel(ticket); // nobody listens
        }
    }

    private static int showNew(EventStream stream, Delivery delivery, Ticket<Kept> ticket, String events, int shown)
            throws IOException {
        List<byte[]> all = List.copyOf(ticket.previews());
        for (int i = shown; i < all.size(); i++) {
            Map<String, Object> partial =
                    event(events + ".partial_image", Base64.getEncoder().encodeToString(all.get(i)), null);
            partial.put("partial_image_index", i % delivery.previews());
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
