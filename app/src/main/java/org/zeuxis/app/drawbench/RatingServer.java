package org.zeuxis.app.drawbench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.zeuxis.app.terminal.ErrorLine;
import org.zeuxis.config.Config;

/** Serves the page of a {@link Rating} to this machine alone, and to no other page in its browser. */
final class RatingServer implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_BYTES = 4096; // of what a page sends
    private static final int HTTP_PORT = 80;
    private static final int THREADS = 4;
    private static final String PICTURE = "/picture/";
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

    private final Rating rating;
    private final HttpServer server;
    private final ExecutorService threads;

    /** A reply, all of it. */
    private record Reply(int code, String type, byte[] body) {
        private static Reply json(int code, Object value) throws IOException {
            return new Reply(code, "application/json", JSON.writeValueAsBytes(value));
        }

        private static Reply refusal(int code, String why) throws IOException {
            return json(code, Map.of("error", why));
        }
    }

    private RatingServer(Rating rating, HttpServer server) {
        this.rating = rating;
        this.server = server;
        threads = Executors.newFixedThreadPool(THREADS, work -> {
            Thread thread = new Thread(work, "rating");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** @throws IOException if the port is taken */
    static RatingServer start(Rating rating, int port) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), 0);
        } catch (BindException e) {
            throw new IOException(
                    "--port: expected one that is free, got " + port
                            + ", which is in use or not allowed; name another, or" + " 0 for any",
                    e);
        }
        RatingServer started = new RatingServer(rating, server);
        server.setExecutor(started.threads);
        server.createContext("/", started::handle);
        server.start();
        return started;
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/");
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Reply reply;
            try {
                reply = reply(exchange);
            } catch (IllegalArgumentException e) {
                reply = Reply.refusal(400, String.valueOf(e.getMessage()));
            } catch (IOException | RuntimeException e) {
                reply = Reply.refusal(500, ErrorLine.failure(e));
            }
            Headers headers = exchange.getResponseHeaders();
            headers.set("Content-Type", reply.type);
            headers.set("Cache-Control", "no-store");
            headers.set("X-Content-Type-Options", "nosniff");
            headers.set("Referrer-Policy", "no-referrer");
            headers.set(
                    "Content-Security-Policy",
                    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
                            + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'");
            exchange.sendResponseHeaders(reply.code, reply.body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(reply.body);
            }
        }
    }

    private Reply reply(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (!ours(exchange)) return Reply.refusal(403, "expected a request of this page, got one of another");
        if (exchange.getRequestMethod().equals("POST")) return said(path, exchange);
        if (!exchange.getRequestMethod().equals("GET")) return Reply.refusal(405, "expected GET or POST");
        if (path.equals("/rater")) return Reply.json(200, Map.of("rater", rating.only()));
        String name = FILES.get(path);
        if (name != null) return file(name);
        if (path.startsWith(PICTURE)) {
            byte[] picture = rating.picture(path.substring(PICTURE.length()));
            if (picture != null) return new Reply(200, "image/png", picture);
        }
        return Reply.refusal(404, "there is nothing here");
    }

    private Reply said(String path, HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readNBytes(MOST_BYTES + 1);
        if (body.length > MOST_BYTES) return Reply.refusal(413, "expected at most " + MOST_BYTES + " bytes");
        Config c;
        try {
            c = Config.parse("request", new String(body, StandardCharsets.UTF_8));
        } catch (IOException e) {
            return Reply.refusal(400, String.valueOf(e.getMessage()));
        }
        String rater = c.text("rater");
        if (path.equals("/answer")) rating.answer(rater, c.text("id"), c.text("question"), c.text("side"));
        else if (!path.equals("/next")) return Reply.refusal(404, "there is nothing here");
        return Reply.json(200, rating.next(rater));
    }

    /** Whether it was sent by this page: another may know the port, but neither this name nor this origin. */
    private boolean ours(HttpExchange exchange) {
        int port = server.getAddress().getPort();
        String suffix = port == HTTP_PORT ? "" : ":" + port; // browsers leave the usual one out
        Set<String> names = Set.of("127.0.0.1" + suffix, "localhost" + suffix);
        Headers headers = exchange.getRequestHeaders();
        String host = headers.getFirst("Host");
        if (host == null || !names.contains(host)) return false;
        String origin = headers.getFirst("Origin");
        return origin == null || origin.equals("http://" + host);
    }

    private static Reply file(String name) throws IOException {
        try (InputStream in = RatingServer.class.getResourceAsStream(name)) {
            if (in == null) throw new IllegalStateException("expected the resource " + name + ", got none");
            String type = TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream");
            return new Reply(200, type, in.readAllBytes());
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
