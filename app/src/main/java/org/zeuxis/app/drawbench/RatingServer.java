package org.zeuxis.app.drawbench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.app.web.ForeignPageException;
import org.zeuxis.app.web.RequestBody;
import org.zeuxis.app.web.TooLargeException;
import org.zeuxis.app.web.WebServer;
import org.zeuxis.config.Config;

/** Serves the page of a {@link Rating} to this machine alone, and to no other page in its browser. */
final class RatingServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 4096; // of what a page sends
    private static final Map<String, String> FILES = Map.of(
            "/", "rating.html",
            "/rating.css", "rating.css",
            "/rating.js", "rating.js",
            "/rating.svg", "rating.svg");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    private final WebServer server;

    private RatingServer(WebServer server) {
        this.server = server;
    }

    /** @throws IOException if the port is taken */
    static RatingServer start(Rating rating, int port) throws IOException {
        return new RatingServer(
                WebServer.start(WebServer.Place.loopback(port), MOST_BYTES, routes -> add(routes, rating)));
    }

    URI address() {
        return server.address();
    }

    private static void add(RoutesConfig routes, Rating rating) {
        FILES.forEach((path, name) -> routes.get(path, ctx -> file(ctx, name)));
        routes.get("/rater", ctx -> json(ctx, Map.of("rater", rating.only())));
        routes.get("/picture/<name>", ctx -> {
            byte[] picture = rating.picture(ctx.pathParam("name"));
            if (picture == null) refuse(ctx, 404, "there is nothing here");
            else ctx.contentType("image/png").result(picture);
        });
        routes.post("/next", ctx -> json(ctx, rating.next(said(ctx).text("rater"))));
        routes.post("/answer", ctx -> {
            Config c = said(ctx);
            String rater = c.text("rater");
            rating.answer(rater, c.text("id"), c.text("question"), c.text("side"));
            json(ctx, rating.next(rater));
        });
        routes.exception(Exception.class, (e, ctx) -> refuse(ctx, 500, ErrorLine.failure(e)));
        routes.exception(IllegalArgumentException.class, (e, ctx) -> refuse(ctx, 400, String.valueOf(e.getMessage())));
        routes.exception(ForeignPageException.class, (e, ctx) -> refuse(ctx, 403, String.valueOf(e.getMessage())));
        routes.exception(TooLargeException.class, (e, ctx) -> refuse(ctx, 413, String.valueOf(e.getMessage())));
        routes.exception(NotFoundResponse.class, (e, ctx) -> refuse(ctx, 404, "there is nothing here"));
        routes.exception(
                MethodNotAllowedResponse.class, (e, ctx) -> refuse(ctx, 405, "expected GET or POST where it fits"));
    }

    private static Config said(Context ctx) throws IOException {
        byte[] body = RequestBody.read(ctx, MOST_BYTES);
        try {
            return Config.parse("request", new String(body, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static void json(Context ctx, Object value) throws IOException {
        ctx.contentType("application/json").result(JSON.writeValueAsBytes(value));
    }

    private static void refuse(Context ctx, int status, String why) {
        try {
            json(ctx.status(status), Map.of("error", why));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void file(Context ctx, String name) throws IOException {
        try (InputStream in = RatingServer.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("expected the resource " + name + ", got none");
            String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
            ctx.contentType(type).result(in.readAllBytes());
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
