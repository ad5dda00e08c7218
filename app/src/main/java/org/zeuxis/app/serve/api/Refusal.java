package org.zeuxis.app.serve.api;

import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.BadMessageException;
import org.eclipse.jetty.io.EofException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.app.queue.RefusedException;
import org.zeuxis.app.queue.TimeLimitException;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.app.web.ForeignPageException;
import org.zeuxis.app.web.TooLargeException;
import org.zeuxis.config.ConfigException;
import org.zeuxis.machine.NoRoomException;
import org.zeuxis.machine.NoRoomToComputeException;

/**
 * What is answered when something failed.
 *
 * @param seconds after which it is worth while to ask again
 */
public record Refusal(
        int status,
        String type,
        @Nullable String param,
        @Nullable String code,
        String message,
        OptionalInt seconds) {
    private static final Logger LOG = LoggerFactory.getLogger(Refusal.class);
    private static final Pattern KEY =
            Pattern.compile("request(?: \\w+)*: expected (?:(\\w+) to be|.* keys, got (\\w+)).*");
    private static final String INVALID = "invalid_request_error";
    private static final String SERVER = "server_error";
    private static final int LATER = 10; // seconds, after which other programs may have given memory back

    private Refusal(int status, String type, @Nullable String param, @Nullable String code, String message) {
        this(status, type, param, code, message, OptionalInt.empty());
    }

    /** Of a failure of any kind; one that is not the caller's is logged. */
    public static Refusal of(Throwable e) {
        if (e instanceof ExecutionException && e.getCause() != null) return of(e.getCause());
        String message = String.valueOf(e.getMessage());
        if (e instanceof ApiException api) {
            return new Refusal(api.status(), api.type(), api.param(), api.code(), message);
        }
        if (e instanceof ForeignPageException) return new Refusal(403, INVALID, null, "foreign_page", message);
        if (e instanceof TooLargeException) return new Refusal(413, INVALID, null, "request_too_large", message);
        if (e instanceof RefusedException full) {
            boolean ending = full.reason() == RefusedException.Reason.ENDING;
            return new Refusal(
                    ending ? 503 : 429,
                    ending ? SERVER : "rate_limit_error",
                    null,
                    ending ? "server_ending" : "queue_full",
                    message,
                    OptionalInt.of(full.seconds()));
        }
        if (e instanceof TimeLimitException) return new Refusal(400, INVALID, null, "time_limit_exceeded", message);
        // not 409, which clients ask again after
        if (e instanceof CancellationException) return new Refusal(410, INVALID, null, "cancelled", message);
        if (e instanceof NoRoomException || e instanceof NoRoomToComputeException) {
            LOG.warn("{}", message);
            return new Refusal(503, SERVER, null, "out_of_memory", message, OptionalInt.of(LATER));
        }
        if (e instanceof HttpResponseException http) return ofHttp(http);
        if (e instanceof EofException) { // whoever asked hung up
            return new Refusal(400, INVALID, null, "bad_request", "expected a whole request, got a part of one");
        }
        if (e instanceof BadMessageException bad) {
            return new Refusal(
                    bad.getCode(), INVALID, null, "bad_request", "expected a whole request that comes without pauses");
        }
        if (e instanceof ConfigException) return new Refusal(400, INVALID, param(message), "invalid_value", message);
        if (e instanceof IllegalArgumentException) return new Refusal(400, INVALID, null, "invalid_value", message);
        LOG.error("{}", ErrorLine.failure(e), e);
        if (e instanceof OutOfMemoryError) {
            return new Refusal(503, SERVER, null, "out_of_memory", ErrorLine.failure(e), OptionalInt.of(1));
        }
        return new Refusal(500, SERVER, null, null, ErrorLine.failure(e));
    }

    private static Refusal ofHttp(HttpResponseException http) {
        return switch (http.getStatus()) {
            case 404 ->
                new Refusal(
                        404, INVALID, null, "unknown_url", "expected a path of the API, got another; see /v1/models");
            case 405 -> new Refusal(405, INVALID, null, "method_not_allowed", "expected another method for this path");
            case 413 -> new Refusal(413, INVALID, null, "request_too_large", "expected a smaller request");
            default -> new Refusal(http.getStatus(), INVALID, null, null, String.valueOf(http.getMessage()));
        };
    }

    private static @Nullable String param(String message) {
        Matcher m = KEY.matcher(message);
        if (!m.matches()) return null;
        return m.group(1) == null ? m.group(2) : m.group(1);
    }

    /** OpenAI's form of it. */
    public Map<String, Object> body() {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("message", message);
        error.put("type", type);
        error.put("param", param);
        error.put("code", code);
        return Map.of("error", error);
    }

    public void answer(Context ctx) {
        seconds.ifPresent(s -> ctx.header("Retry-After", Integer.toString(s)));
        if (status == 401) ctx.header("WWW-Authenticate", "Bearer");
        try {
            Json.answer(ctx.status(status), body());
        } catch (IOException e) {
            LOG.warn("an error could not be written", e);
        }
    }
}
