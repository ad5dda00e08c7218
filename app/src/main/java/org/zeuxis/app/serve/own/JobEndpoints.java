package org.zeuxis.app.serve.own;

import io.javalin.http.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.zeuxis.app.queue.Kept;
import org.zeuxis.app.queue.Ticket;
import org.zeuxis.app.serve.api.ApiException;
import org.zeuxis.app.serve.api.JobStatus;
import org.zeuxis.app.serve.api.Json;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.web.EventStream;

/** {@code /v1/zeuxis/jobs}: pictures that are waited for, drawn or done; {@code /v1/zeuxis/queue} and {@code pictures} beside it. */
public final class JobEndpoints {
    private static final Duration STILL_THERE = Duration.ofSeconds(5);

    private final Serving serving;

    public JobEndpoints(Serving serving) {
        this.serving = serving;
    }

    /** How full the queue is. */
    public void queue(Context ctx) throws IOException {
        Json.answer(
                ctx,
                Map.of(
                        "waiting",
                        serving.queue().waiting(),
                        "computing",
                        serving.queue().isComputing()));
    }

    public void status(Context ctx) throws IOException {
        Json.answer(ctx, status(ctx.pathParam("id")));
    }

    private Map<String, Object> status(String id) throws IOException {
        // in this order: what is finished in between is found on the disk
        Optional<Ticket<?>> ticket = serving.queue().find(id);
        if (ticket.isPresent() && ticket.get().state() != Ticket.State.FINISHED) {
            return JobStatus.of(ticket.get(), serving.queue());
        }
        return JobStatus.of(kept(id));
    }

    private Kept kept(String id) throws IOException {
        return serving.results()
                .find(id)
                .orElseThrow(() -> ApiException.missing(
                        "id",
                        "job_not_found",
                        "expected the id of a job, got one that is not known: it was never given, its pictures were removed"
                                + " as the oldest, or the server ended before it was done"));
    }

    /** Events up to its end. */
    public void events(Context ctx) throws Exception {
        String id = ctx.pathParam("id");
        Map<String, Object> first = status(id); // which refuses what is not known
        Optional<Ticket<?>> found = serving.queue().find(id);
        EventStream stream = EventStream.begin(ctx);
        try {
            if (found.isPresent()) follow(stream, found.get());
            stream.send("end", Json.text(found.isPresent() ? status(id) : first));
        } catch (IOException e) {
            return; // nobody listens; the job goes on
        }
    }

    private void follow(EventStream stream, Ticket<?> ticket) throws IOException, InterruptedException {
        int shown = 0;
        while (!ticket.state().isOver()) {
            Ticket.Progress progress = ticket.progress();
            stream.send("progress", Json.text(JobStatus.of(ticket, serving.queue())));
            List<byte[]> previews = List.copyOf(ticket.previews());
            for (; shown < previews.size(); shown++) {
                String picture = Base64.getEncoder().encodeToString(previews.get(shown));
                stream.send("preview", Json.text(Map.of("index", shown, "b64_json", picture)));
            }
            ticket.awaitChange(progress, shown, STILL_THERE);
        }
    }

    /** Takes it out of the queue or stops it; what is done stays. */
    public void cancel(Context ctx) throws Exception {
        String id = ctx.pathParam("id");
        Optional<Ticket<?>> ticket = serving.queue().find(id);
        if (ticket.isPresent()) {
            serving.queue().cancel(ticket.get());
            boolean unused = ticket.get().isOverWithin(STILL_THERE);
        }
        Json.answer(ctx, status(id));
    }

    /** A picture; who knows its id may see it, as whoever opens the link has no token to show. */
    public void picture(Context ctx) throws IOException {
        List<Path> pictures = kept(ctx.pathParam("id")).pictures();
        for (Path picture : pictures) {
            if (!String.valueOf(picture.getFileName()).equals(ctx.pathParam("name"))) continue;
            ctx.contentType("image/png").result(Files.readAllBytes(picture));
            return;
        }
        throw ApiException.missing("name", "picture_not_found", "expected 0.png to " + (pictures.size() - 1) + ".png");
    }
}
