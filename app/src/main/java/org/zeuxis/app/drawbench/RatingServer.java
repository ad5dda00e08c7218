package org.zeuxis.app.drawbench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.MethodNotAllowedResponse;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.app.web.ForeignPageException;
import org.zeuxis.app.web.TooLargeException;
import org.zeuxis.app.web.WebServer;

/** Serves the page of a {@link Rating} to this machine alone, and to no other page in its browser. */
final class RatingServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final WebServer server;

    private RatingServer(WebServer server) {
        this.server = server;
    }

    /** @throws IOException if the port is taken */
    static RatingServer start(Rating rating, int port) throws IOException {
        return new RatingServer(
                WebServer.start(WebServer.Place.loopback(port), RatingPage.MOST_BYTES, routes -> add(routes, rating)));
    }

    URI address() {
        return server.address();
    }

    private static void add(RoutesConfig routes, Rating rating) {
        new RatingPage(rating).add(routes, "/");
        routes.exception(Exception.class, (e, ctx) -> refuse(ctx, 500, ErrorLine.failure(e)));
        routes.exception(IllegalArgumentException.class, (e, ctx) -> refuse(ctx, 400, String.valueOf(e.getMessage())));
        routes.exception(ForeignPageException.class, (e, ctx) -> refuse(ctx, 403, String.valueOf(e.getMessage())));
        routes.exception(TooLargeException.class, (e, ctx) -> refuse(ctx, 413, String.valueOf(e.getMessage())));
        routes.exception(NotFoundResponse.class, (e, ctx) -> refuse(ctx, 404, "there is nothing here"));
        routes.exception(
                MethodNotAllowedResponse.class, (e, ctx) -> refuse(ctx, 405, "expected GET or POST where it fits"));
    }

    private static void refuse(Context ctx, int status, String why) {
        try {
            ctx.status(status).contentType("application/json").result(JSON.writeValueAsBytes(Map.of("error", why)));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
