package org.zeuxis.hub;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** A hub on this machine with one model, whose large files lie on a second server, as the real hub's do. */
final class FakeHub implements AutoCloseable {
    static final String COMMIT = "0123456789abcdef0123456789abcdef01234567";
    static final String MODEL = "some-org/some.model";
    private static final int LARGE = 1000;

    /** What came in; header values are empty where there were none. */
    record Request(boolean storage, String method, String path, String authorization, String range) {}

    /** Answers in place of the usual answer; returns false to leave it to that. */
    interface Fault {
        boolean answers(Request request, HttpExchange exchange) throws IOException;
    }

    final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, byte[]> files = new LinkedHashMap<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer hub;
    private final HttpServer storage;
    private volatile Fault fault = (request, exchange) -> false;

    FakeHub() throws IOException {
        hub = server(false);
        storage = server(true);
    }

    FakeHub with(String path, byte[] content) {
        files.put(path, content);
        return this;
    }

    FakeHub with(String path, String content) {
        return with(path, content.getBytes(StandardCharsets.UTF_8));
    }

    void fault(Fault now) {
        fault = now;
    }

    String endpoint() {
        return "http://127.0.0.1:" + hub.getAddress().getPort();
    }

    /** Requests for contents, wherever they went in the end. */
    List<Request> downloads() {
        return requests.stream()
                .filter(r -> r.method().equals("GET") && r.path().contains("/resolve/"))
                .toList();
    }

    static String hash(byte[] content) {
        return content.length >= LARGE ? hex("SHA-256", content) : gitHash(content);
    }

    private static String gitHash(byte[] content) {
        byte[] head = ("blob " + content.length + "\0").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        return hex("SHA-1", all);
    }

    private static String hex(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpServer server(boolean isStorage) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            try (exchange) {
                Request request = new Request(
                        isStorage,
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().getPath(),
                        header(exchange, "Authorization"),
                        header(exchange, "Range"));
                requests.add(request);
                if (!fault.answers(request, exchange)) answer(request, exchange);
            }
        });
        server.start();
        return server;
    }

    private static String header(HttpExchange exchange, String name) {
        String value = exchange.getRequestHeaders().getFirst(name);
        return value == null ? "" : value;
    }

    private void answer(Request request, HttpExchange exchange) throws IOException {
        String resolve = "/" + MODEL + "/resolve/" + COMMIT + "/";
        String path = request.path();
        if (path.equals("/api/models/" + MODEL + "/revision/main") || path.endsWith("/revision/" + COMMIT)) {
            send(exchange, 200, listing().getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith(resolve) && files.containsKey(path.substring(resolve.length()))) {
            file(request, exchange, files.get(path.substring(resolve.length())));
        } else {
            exchange.getResponseHeaders().set("X-Error-Code", "RevisionNotFound");
            send(exchange, 404, new byte[0]);
        }
    }

    private String listing() {
        return files.entrySet().stream()
                .map(f -> "{\"rfilename\": \""
                        + f.getKey()
                                .replace("\\", "\\\\")
                                .replace("\0", "\\u0000")
                                .replace("\n", "\\n")
                        + "\", \"size\": " + f.getValue().length + "}")
                .collect(Collectors.joining(", ", "{\"sha\": \"" + COMMIT + "\", \"siblings\": [", "]}"));
    }

    private void file(Request request, HttpExchange exchange, byte[] content) throws IOException {
        if (!request.storage()) {
            exchange.getResponseHeaders().set("X-Repo-Commit", COMMIT);
            if (content.length >= LARGE) {
                exchange.getResponseHeaders().set("X-Linked-Etag", '"' + hash(content) + '"');
                exchange.getResponseHeaders().set("X-Linked-Size", "" + content.length);
                String there = "http://127.0.0.1:" + storage.getAddress().getPort()
                        + exchange.getRequestURI().getRawPath();
                exchange.getResponseHeaders().set("Location", there);
                send(exchange, 302, new byte[0]);
                return;
            }
            exchange.getResponseHeaders().set("ETag", "W/\"" + hash(content) + '"');
        }
        if (request.range().isEmpty()) {
            send(exchange, 200, content);
            return;
        }
        int from = Integer.parseInt(request.range().replaceAll("bytes=(\\d+)-", "$1"));
        exchange.getResponseHeaders()
                .set("Content-Range", "bytes " + from + "-" + (content.length - 1) + "/" + content.length);
        send(exchange, 206, Arrays.copyOfRange(content, from, content.length));
    }

    static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD") || body.length == 0) {
            if (status == 200) exchange.getResponseHeaders().set("Content-Length", "" + body.length);
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    @Override
    public void close() {
        hub.stop(0);
        storage.stop(0);
        threads.shutdownNow();
    }
}
