package org.zeuxis.app.serve.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.zeuxis.app.queue.GenerationQueue;
import org.zeuxis.app.queue.Kept;
import org.zeuxis.app.queue.Ticket;

/** What is told of a job: how far it is, or what came of it. */
public final class JobStatus {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String JOBS = "/v1/zeuxis/jobs/";

    private JobStatus() {}

    /** Where it can be asked for. */
    public static String path(String id) {
        return JOBS + id;
    }

    /** Where a picture of it is. */
    public static String picturePath(String id, int i) {
        return "/v1/zeuxis/pictures/" + id + "/" + i + ".png";
    }

    public static Map<String, Object> of(Ticket<?> ticket, GenerationQueue queue) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("id", ticket.id());
        status.put("object", "zeuxis.job");
        status.put("status", ticket.state().name().toLowerCase(Locale.ROOT));
        status.put("position", queue.position(ticket));
        Ticket.Progress progress = ticket.progress();
        status.put("picture", progress.picture());
        status.put("stage", progress.stage());
        status.put("step", progress.step());
        status.put("steps", progress.steps());
        Throwable failure = ticket.failure();
        if (failure != null) status.putAll(Refusal.of(failure).body());
        return status;
    }

    /** Of what is done. */
    public static Map<String, Object> of(Kept kept) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("id", kept.id());
        status.put("object", "zeuxis.job");
        status.put("status", Ticket.State.FINISHED.name().toLowerCase(Locale.ROOT));
        status.put("created", kept.created().getEpochSecond());
        status.put(
                "pictures",
                IntStream.range(0, kept.pictures().size())
                        .mapToObj(i -> picturePath(kept.id(), i))
                        .toList());
        try {
            for (Map.Entry<String, JsonNode> each : JSON.readTree(kept.about()).properties()) {
                status.put(each.getKey(), each.getValue());
            }
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("expected JSON about the result " + kept.id(), e);
        }
        return status;
    }
}
