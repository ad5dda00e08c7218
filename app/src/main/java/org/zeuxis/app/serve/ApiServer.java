package org.zeuxis.app.serve;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.router.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.zeuxis.app.drawbench.RatingPage;
import org.zeuxis.app.serve.api.Asked;
import org.zeuxis.app.serve.api.Json;
import org.zeuxis.app.serve.api.Refusal;
import org.zeuxis.app.serve.api.Serving;
import org.zeuxis.app.serve.openai.ChatEndpoint;
import org.zeuxis.app.serve.openai.EmbeddingEndpoint;
import org.zeuxis.app.serve.openai.ImageEndpoints;
import org.zeuxis.app.serve.openai.ModelEndpoints;
import org.zeuxis.app.serve.own.BlendEndpoint;
import org.zeuxis.app.serve.own.ClassifyEndpoint;
import org.zeuxis.app.serve.own.JobEndpoints;
import org.zeuxis.app.serve.own.SearchEndpoint;
import org.zeuxis.app.serve.own.UpscaleEndpoint;
import org.zeuxis.app.serve.studio.Studio;
import org.zeuxis.app.web.WebServer;

/** The server: which path is answered by what, who may ask, and what is logged of it. */
final class ApiServer implements AutoCloseable {
    private static final Logger REQUESTS = LoggerFactory.getLogger("zeuxis.requests");
    private static final long ROOM = 256L << 20; // for what all requests bring
    private static final Pattern REQUEST_ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final String ID = "X-Request-Id";
    private static final String BEGAN = "began";
    private static final String GUARDED = "/v1/";
    private static final String PICTURES = "/v1/zeuxis/pictures/";
    private static final String METRICS = "/metrics";

    private final Serving serving;
    private final Access access;
    private final Meters meters;
    private final RequestRoom room = new RequestRoom(ROOM, Asked.LARGEST);
    private @Nullable WebServer server;

    ApiServer(Serving serving, Access access, Meters meters) {
        this.serving = serving;
        this.access = access;
        this.meters = meters;
    }

    /** @throws IOException if the port is taken */
    static ApiServer start(WebServer.Place place, Serving serving, Access access, Meters meters) throws IOException {
        ApiServer started = new ApiServer(serving, access, meters);
        started.server = WebServer.start(place, Asked.LARGEST, started::add);
        return started;
    }

    URI address() {
        if (server == null) throw new IllegalStateException("expected a server that was started");
        return server.address();
    }

    void add(RoutesConfig routes) {
        routes.before(this::enter);
        routes.after(this::leave);
        routes.exception(Exception.class, (e, ctx) -> Refusal.of(e).answer(ctx));
        routes.exception(HttpResponseException.class, (e, ctx) -> Refusal.of(e).answer(ctx));
        routes.exception(RequestRoom.Full.class, (e, ctx) -> e.refusal().answer(ctx));

        new Studio().add(routes);
        if (serving.rating() != null) new RatingPage(serving.rating()).add(routes, Serving.RATING);
        routes.get("/openapi.json", new ApiDocument()::answer);
        routes.get("/healthz", ctx -> ctx.result("ok\n"));
        routes.get("/readyz", this::ready);
        routes.get(
                METRICS,
                ctx -> ctx.contentType("text/plain; version=0.0.4; charset=utf-8")
                        .result(meters.text()));

        ModelEndpoints models = new ModelEndpoints(serving);
        routes.get("/v1/models", models::list);
        routes.get("/v1/models/<model>", models::one);
        ImageEndpoints images = new ImageEndpoints(serving);
        routes.post("/v1/images/generations", images::generate);
        routes.post("/v1/images/edits", images::edit);
        routes.post("/v1/images/variations", images::vary);
        routes.post("/v1/embeddings", new EmbeddingEndpoint(serving)::embed);
        routes.post("/v1/chat/completions", new ChatEndpoint(serving)::complete);
        routes.post("/v1/zeuxis/classify", new ClassifyEndpoint(serving)::classify);
        routes.post("/v1/zeuxis/search", new SearchEndpoint(serving)::search);
        routes.post("/v1/zeuxis/blend", new BlendEndpoint(serving)::blend);
        routes.post("/v1/zeuxis/upscale", new UpscaleEndpoint(serving)::upscale);
        JobEndpoints jobs = new JobEndpoints(serving);
        routes.get("/v1/zeuxis/queue", jobs::queue);
        routes.get("/v1/zeuxis/jobs/{id}", jobs::status);
        routes.delete("/v1/zeuxis/jobs/{id}", jobs::cancel);
        routes.get("/v1/zeuxis/jobs/{id}/events", jobs::events);
        routes.get(PICTURES + "{id}/{name}", jobs::picture);
    }

    private void enter(Context ctx) {
        ctx.attribute(BEGAN, System.nanoTime());
        String id = ctx.header(ID);
        if (id == null || !REQUEST_ID.matcher(id).matches())
            id = UUID.randomUUID().toString();
        ctx.header(ID, id);
        String path = ctx.path();
        if (isGuarded(path)) {
            Asked.by(ctx, access.caller(ctx), access.isShared());
        }
        room.enter(ctx);
    }

    /** Whether a token is asked for; pages are for everybody, and pictures for whoever was told their names. */
    private static boolean isGuarded(String path) {
        if (path.startsWith(Serving.RATING)) return !RatingPage.isOpen(path.substring(Serving.RATING.length()));
        return (path.startsWith(GUARDED) && !path.startsWith(PICTURES)) || path.startsWith(METRICS);
    }

    private void leave(Context ctx) {
        room.leave(ctx);
        Long began = ctx.attribute(BEGAN);
        Duration took = Duration.ofNanos(began == null ? 0 : System.nanoTime() - began);
        Endpoint matched = ctx.endpoints().lastHttpEndpoint();
        String route = matched == null ? "none" : matched.path;
        int status = ctx.res().getStatus();
        meters.answered(ctx.req().getMethod(), route, status, took);
        REQUESTS.info(
                "{} {} {} {} ms {}",
                ctx.req().getMethod(),
                ctx.path().replaceAll("\\p{Cntrl}", " "),
                status,
                took.toMillis(),
                ctx.res().getHeader(ID));
    }

    private void ready(Context ctx) throws IOException {
        boolean ending = serving.queue().isEnding();
        Json.answer(ctx.status(ending ? 503 : 200), Map.of("ready", !ending));
    }

    @Override
    public void close() {
        if (server != null) server.close();
    }
}
