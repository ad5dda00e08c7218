package org.zeuxis.hub.client;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the hub. Follows its redirects by itself, for the token is the hub's and nobody else's. */
public final class HubClient {
    private static final int MOST_REDIRECTS = 10;
    private static final int LARGEST_LISTING = 16 << 20;

    private final HubSettings settings;
    private final Patience patience;
    private final HttpClient http;

    public HubClient(HubSettings settings, Patience patience) {
        this.settings = settings;
        this.patience = patience;
        settings.proxies().letPasswordsThrough();
        http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(patience.silence())
                .proxy(settings.proxies())
                .build();
    }

    public Patience patience() {
        return patience;
    }

    /** What the hub has under this name. */
    public Listing listing(ModelName model) throws IOException {
        URI uri = URI.create(settings.endpoint() + "/api/models/" + model.repository() + "/revision/"
                + encoded(model.revision()) + "?blobs=true");
        return tried("a list of files", () -> {
            HttpResponse<Body> answer = ask("GET", uri, "").last();
            try (Body body = answer.body()) {
                if (answer.statusCode() != 200) throw Refusal.why(answer, settings.endpoint(), model, "");
                expectPlain(answer, "a list of files");
                return Listing.parse(uri.toString(), text(uri, body));
            }
        });
    }

    private static String text(URI uri, Body body) throws IOException {
        byte[] json = body.all(LARGEST_LISTING);
        if (json.length <= LARGEST_LISTING) return new String(json, StandardCharsets.UTF_8);
        throw new HubException(
                uri + ": expected a list of files, got more than " + LARGEST_LISTING + " bytes; check HF_ENDPOINT");
    }

    /**
     * Size and hash of a file.
     *
     * @param listed its size as the listing says, or -1
     */
    public RemoteFile file(ModelName model, String commit, String path, long listed) throws IOException {
        Answer answer = tried("an answer", () -> {
            Answer one = ask("HEAD", uri(model, commit, path), "");
            one.last().body().close();
            if (one.last().statusCode() < 400) return one;
            throw Refusal.why(one.last(), settings.endpoint(), model, path);
        });
        HttpResponse<Body> last = answer.last();
        String from = answer.header("X-Repo-Commit").orElse(commit);
        if (!from.equals(commit)) {
            throw new HubException(model.repository() + ": expected " + path + " of commit " + commit + ", got that of "
                    + OneLine.of(from) + "; check HF_ENDPOINT");
        }
        boolean whole = last.statusCode() == 200;
        String etag = answer.header("X-Linked-Etag")
                .or(() -> last.headers().firstValue("ETag").filter(e -> whole))
                .map(HubClient::unquoted)
                .orElse("");
        if (!ContentHash.isOne(etag)) {
            throw new HubException(model.repository() + ": expected the hash of " + path + " as its ETag, got "
                    + (etag.isEmpty() ? "none" : OneLine.of(etag)) + "; check HF_ENDPOINT");
        }
        OptionalLong length = last.headers().firstValueAsLong("Content-Length");
        long size = answer.header("X-Linked-Size")
                .map(HubClient::number)
                .orElse(whole && length.isPresent() ? length.getAsLong() : listed);
        if (size < 0) {
            throw new HubException(model.repository() + ": expected the size of " + path
                    + " as X-Linked-Size or Content-Length, got none; check HF_ENDPOINT");
        }
        return new RemoteFile(path, new ContentHash(etag), size);
    }

    /**
     * The content of a file from some byte on, if the server starts there; asked for once. An answer of 400 and more is an
     * exception, except that there are no such bytes (416).
     */
    public HttpResponse<Body> content(ModelName model, String commit, String path, long from) throws IOException {
        URI uri = uri(model, commit, path);
        HttpResponse<Body> last =
                ask("GET", uri, from == 0 ? "" : "bytes=" + from + "-").last();
        int status = last.statusCode();
        try {
            if (status != 200 && status != 206 && status != 416) {
                throw Refusal.why(last, settings.endpoint(), model, path);
            }
            expectPlain(last, path + " of " + model);
            return last;
        } catch (IOException e) {
            last.body().close();
            throw e;
        }
    }

    /** Nobody has asked for compression. */
    private static void expectPlain(HttpResponse<Body> answer, String what) throws HubException {
        String encoding = answer.headers().firstValue("Content-Encoding").orElse("identity");
        if (encoding.equalsIgnoreCase("identity")) return;
        throw new HubException("expected " + what + " from " + answer.uri().getHost() + " as it is, got it encoded as "
                + OneLine.of(encoding) + "; check HF_ENDPOINT and the proxy");
    }

    /** One question to the hub. */
    private interface Question<T> {
        T answer() throws IOException;
    }

    /** Asks again while the server is busy or the connection breaks; not where there is nobody to ask. */
    private <T> T tried(String what, Question<T> question) throws IOException {
        Attempts attempts = new Attempts(patience);
        while (true) {
            try {
                return question.answer();
            } catch (HubException | InterruptedIOException e) {
                throw e;
            } catch (IOException e) {
                if (!(e instanceof ConnectException) && attempts.again(e)) continue;
                throw e instanceof BusyException busy ? busy.refusal() : unreachable(what, e);
            }
        }
    }

    /** The one-line form of a failure to reach the hub at all. */
    private HubException unreachable(String what, IOException e) {
        return new HubException(
                "expected " + what + " from " + settings.endpoint()
                        + settings.proxies().way(settings.endpoint())
                        + ", got " + reason(e)
                        + "; check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use what is in the cache",
                e);
    }

    private static String reason(IOException e) {
        if (!(e instanceof ConnectException) || e.getMessage() != null) return OneLine.of(e);
        Throwable cause = e;
        while (cause.getCause() != null) cause = cause.getCause();
        return cause instanceof UnresolvedAddressException ? "no host of this name" : "no connection";
    }

    /** The last answer, and before it those that led there. A HEAD stays with the hub, which knows the file. */
    private Answer ask(String method, URI uri, String range) throws IOException {
        List<HttpHeaders> seen = new ArrayList<>();
        URI at = uri;
        long end = System.nanoTime() + patience.silence().toNanos();
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            HttpResponse<Body> response = send(method, at, range, end);
            seen.add(response.headers());
            Optional<String> location = response.headers().firstValue("Location");
            if (response.statusCode() / 100 != 3 || location.isEmpty()) return new Answer(response, seen);
            URI next = next(at, location.get());
            if (method.equals("HEAD") && !isHub(next)) return new Answer(response, seen);
            response.body().close();
            at = next;
        }
        throw new HubException(
                uri + ": expected at most " + MOST_REDIRECTS + " redirects, got more; check HF_ENDPOINT");
    }

    private static URI next(URI at, String location) throws IOException {
        try {
            URI next = at.resolve(location);
            boolean same = at.getScheme().equalsIgnoreCase(next.getScheme());
            if (next.getHost() != null && (same || "https".equalsIgnoreCase(next.getScheme()))) return next;
        } catch (IllegalArgumentException e) {
            // no address at all
        }
        throw new HubException(at + ": expected a redirect to another " + at.getScheme() + " address, got "
                + OneLine.of(location) + "; check HF_ENDPOINT");
    }

    /** @param end of all patience, by the clock of {@link System#nanoTime} */
    private HttpResponse<Body> send(String method, URI uri, String range, long end) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.noBody())
                .header("User-Agent", "zeuxis")
                .header("Accept-Encoding", "identity");
        if (!range.isEmpty()) request.header("Range", range);
        String token = isHub(uri) ? settings.presentToken() : "";
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        try {
            settings.proxies().authorization(uri).ifPresent(word -> request.header("Proxy-Authorization", word));
        } catch (IllegalArgumentException e) {
            throw new HubException(OneLine.of(e), e);
        }
        // the request's own timeout means the body too from Java 26 on
        CompletableFuture<HttpResponse<Body>> answer = http.sendAsync(request.build(), head -> Body.awaited(patience));
        try {
            return answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) throw io;
            throw new IOException(OneLine.of(e.getCause() == null ? e : e.getCause()), e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no answer for " + Body.seconds(patience.silence()), e);
        } catch (InterruptedException e) {
            answer.cancel(true);
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("stopped");
        }
    }

    private boolean isHub(URI uri) {
        URI hub = settings.endpoint();
        return hub.getScheme().equalsIgnoreCase(uri.getScheme())
                && hub.getHost().equalsIgnoreCase(uri.getHost())
                && port(hub) == port(uri);
    }

    private static int port(URI uri) {
        if (uri.getPort() >= 0) return uri.getPort();
        return uri.getScheme().equalsIgnoreCase("https") ? 443 : 80;
    }

    private URI uri(ModelName model, String commit, String path) {
        StringBuilder encoded = new StringBuilder();
        for (String part : path.split("/")) encoded.append('/').append(encoded(part));
        return URI.create(settings.endpoint() + "/" + model.repository() + "/resolve/" + commit + encoded);
    }

    /** With every byte but letters, digits and {@code -._~} as {@code %XX}. */
    private static String encoded(String text) {
        StringBuilder out = new StringBuilder();
        for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (b & 0xff);
            boolean plain = c < 128 && (Character.isLetterOrDigit(c) || "-._~".indexOf(c) >= 0);
            if (plain) out.append(c);
            else out.append(String.format("%%%02X", (int) c));
        }
        return out.toString();
    }

    private static String unquoted(String etag) {
        return etag.replaceFirst("^W/", "").replace("\"", "");
    }

    private static long number(String text) {
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : -1;
    }

    /** @param seen the headers of every answer on the way */
    private record Answer(HttpResponse<Body> last, List<HttpHeaders> seen) {
        Optional<String> header(String name) {
            return seen.stream().flatMap(h -> h.firstValue(name).stream()).findFirst();
        }
    }
}
