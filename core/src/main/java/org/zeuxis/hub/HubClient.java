package org.zeuxis.hub;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks the hub. Follows its redirects by itself, for the token is the hub's and nobody else's. */
final class HubClient {
    private static final int MOST_REDIRECTS = 10;
    private static final int LARGEST_LISTING = 16 << 20;
    private static final Duration CONNECTING = Duration.ofSeconds(20);

    private final HubSettings settings;
    private final Duration patience;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECTING)
            .build();

    /** @param patience how long a server may be silent */
    HubClient(HubSettings settings, Duration patience) {
        this.settings = settings;
        this.patience = patience;
    }

    Duration patience() {
        return patience;
    }

    /** What the hub has under this name. */
    Listing listing(ModelName model) throws IOException {
        URI uri = URI.create(settings.endpoint() + "/api/models/" + model.repository() + "/revision/"
                + encoded(model.revision()) + "?blobs=true");
        HttpResponse<InputStream> answer = answered("GET", uri).last();
        try (InputStream body = answer.body();
                StallWatch watch = new StallWatch(body, patience)) {
            if (answer.statusCode() != 200) throw Refusal.of(answer, settings.endpoint(), model, "");
            byte[] json = body.readNBytes(LARGEST_LISTING + 1);
            if (json.length > LARGEST_LISTING) {
                throw new HubException(uri + ": expected a list of files, got more than " + LARGEST_LISTING
                        + " bytes; check HF_ENDPOINT");
            }
            return Listing.parse(uri.toString(), new String(json, StandardCharsets.UTF_8));
        } catch (HubException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable("a list of files", e);
        }
    }

    /**
     * Size and hash of a file.
     *
     * @param listed its size as the listing says, or -1
     */
    RemoteFile file(ModelName model, String commit, String path, long listed) throws IOException {
        Answer answer = answered("HEAD", uri(model, commit, path));
        HttpResponse<InputStream> last = answer.last();
        last.body().close();
        if (last.statusCode() >= 400) throw Refusal.of(last, settings.endpoint(), model, path);
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
     * The content of a file from some byte on, if the server starts there; an answer of 400 and more is an exception, except
     * that there are no such bytes (416).
     */
    HttpResponse<InputStream> content(ModelName model, String commit, String path, long from) throws IOException {
        URI uri = uri(model, commit, path);
        HttpResponse<InputStream> last =
                ask("GET", uri, from == 0 ? "" : "bytes=" + from + "-").last();
        int status = last.statusCode();
        if (status == 200 || status == 206 || status == 416) return last;
        last.body().close();
        throw Refusal.of(last, settings.endpoint(), model, path);
    }

    /** The one-line form of a failure to reach the hub at all. */
    HubException unreachable(String what, IOException e) {
        return new HubException(
                "expected " + what + " from " + settings.endpoint() + ", got " + OneLine.of(e)
                        + "; check the network and HF_ENDPOINT, or set HF_HUB_OFFLINE=1 to use what is in the cache",
                e);
    }

    private Answer answered(String method, URI uri) throws IOException {
        try {
            return ask(method, uri, "");
        } catch (HubException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw unreachable("an answer", e);
        }
    }

    /** The last answer, and before it those that led there. A HEAD stays with the hub, which knows the file. */
    private Answer ask(String method, URI uri, String range) throws IOException {
        List<HttpHeaders> seen = new ArrayList<>();
        URI at = uri;
        for (int i = 0; i <= MOST_REDIRECTS; i++) {
            HttpResponse<InputStream> response = send(method, at, range);
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

    private HttpResponse<InputStream> send(String method, URI uri, String range) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .method(method, BodyPublishers.noBody())
                .header("User-Agent", "zeuxis")
                .header("Accept-Encoding", "identity");
        if (!range.isEmpty()) request.header("Range", range);
        String token = isHub(uri) ? settings.presentToken() : "";
        if (!token.isEmpty()) request.header("Authorization", "Bearer " + token);
        // the request's own timeout means the body too from Java 26 on
        CompletableFuture<HttpResponse<InputStream>> answer =
                http.sendAsync(request.build(), BodyHandlers.ofInputStream());
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) throw io;
            throw new IOException(OneLine.of(e.getCause() == null ? e : e.getCause()), e);
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new IOException("no answer for " + patience.toSeconds() + " s", e);
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
    private record Answer(HttpResponse<InputStream> last, List<HttpHeaders> seen) {
        Optional<String> header(String name) {
            return seen.stream().flatMap(h -> h.firstValue(name).stream()).findFirst();
        }
    }
}
