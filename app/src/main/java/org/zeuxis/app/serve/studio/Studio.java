package org.zeuxis.app.serve.studio;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The page at {@code /} and what it is made of, which a browser fetches again only if it has changed. */
public final class Studio {
    private static final String PAGE = "index.html";
    private static final List<String> FILES = List.of(
            PAGE,
            "studio.css",
            "pages.css",
            "mark.svg",
            "theme.js",
            "studio.js",
            "dom.js",
            "server.js",
            "models.js",
            "png.js",
            "shelf.js",
            "easel.js",
            "jobs.js",
            "draw.js",
            "mask.js",
            "mix.js",
            "classify.js",
            "search.js",
            "chat.js");
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8",
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "svg", "image/svg+xml");

    /** Pictures that the page holds itself are blobs; all else comes from here. */
    private static final String CONTENT_SECURITY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private record Part(String type, byte[] body, String tag) {}

    private final Map<String, Part> parts = FILES.stream().collect(Collectors.toMap(name -> name, Studio::read));

    /** Adds its paths; whoever has no token sees the page too, which then asks for one. */
    public void add(RoutesConfig routes) {
        routes.get("/", ctx -> answer(ctx, PAGE));
        routes.get("/studio/{name}", ctx -> answer(ctx, ctx.pathParam("name")));
    }

    private void answer(Context ctx, String name) {
        Part part = parts.get(name);
        if (part == null) throw new NotFoundResponse();
        ctx.header("Content-Security-Policy", CONTENT_SECURITY)
                .header("Cache-Control", "no-cache")
                .header("ETag", part.tag);
        if (part.tag.equals(ctx.header("If-None-Match"))) ctx.status(304);
        else ctx.contentType(part.type).result(part.body);
    }

    private static Part read(String name) {
        try (InputStream in = Studio.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("expected the studio's " + name + " on the class path");
            byte[] body = in.readAllBytes();
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(body);
            String tag = "\"" + HexFormat.of().formatHex(hash, 0, 8) + "\"";
            return new Part(String.valueOf(TYPES.get(name.substring(name.lastIndexOf('.') + 1))), body, tag);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("expected a Java runtime with SHA-256", e);
        }
    }
}
