package org.zeuxis.app.drawbench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.zeuxis.app.web.RequestBody;
import org.zeuxis.config.Config;

/** The page of a {@link Rating} and what it asks, below any path of any server, which says in its own way what is refused. */
public final class RatingPage {
    /** Bytes of what the page sends. */
    static final int MOST_BYTES = 4096;

    private static final String PICTURE = "picture/";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, String> FILES = Map.of(
            "rating.css", "text/css; charset=utf-8",
            "rating.js", "text/javascript; charset=utf-8",
            "rating.svg", "image/svg+xml");

    private final Rating rating;

    public RatingPage(Rating rating) {
        this.rating = rating;
    }

    /**
     * Whether a path below the page's is for everybody: what the page is made of, and pictures, whose names nobody can guess. The
     * rest, what raters are asked and say, is for whom the server lets in.
     */
    public static boolean isOpen(String path) {
        return path.isEmpty() || FILES.containsKey(path) || path.startsWith(PICTURE);
    }

    /** @param root where the page is, such as {@code /}; all else is below it */
    public void add(RoutesConfig routes, String root) {
        routes.get(root, ctx -> {
            // what the page asks for lies beside it
            if (ctx.path().endsWith("/")) file(ctx, "rating.html", "text/html; charset=utf-8");
            else ctx.redirect(root);
        });
        FILES.forEach((name, type) -> routes.get(root + name, ctx -> file(ctx, name, type)));
        routes.get(root + "rater", ctx -> json(ctx, Map.of("rater", rating.only())));
        routes.get(root + PICTURE + "<name>", ctx -> {
            byte[] picture = rating.picture(ctx.pathParam("name"));
            if (picture == null) throw new NotFoundResponse();
            ctx.contentType("image/png").result(picture);
        });
        routes.post(root + "next", ctx -> json(ctx, rating.next(said(ctx).text("rater"))));
        routes.post(root + "answer", ctx -> {
            Config c = said(ctx);
            String rater = c.text("rater");
            rating.answer(rater, c.text("id"), c.text("question"), c.text("side"));
            json(ctx, rating.next(rater));
        });
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

    private static void file(Context ctx, String name, String type) throws IOException {
        try (InputStream in = RatingPage.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("expected the resource " + name + ", got none");
            ctx.contentType(type).result(in.readAllBytes());
        }
    }
}
