package org.zeuxis.app.model;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.hub.Hub;
import org.zeuxis.hub.client.HubSettings;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;

/** {@code zeuxis pull}, and models named as the hub names them, from a hub on this machine. */
class PullCommandTest {
    private static final String COMMIT = "89abcdef0123456789abcdef0123456789abcdef";

    @TempDir
    Path folder;

    private final AtomicInteger requests = new AtomicInteger();
    private HttpServer server;

    @BeforeEach
    void serveTheTinyPipeline() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext("/", this::answer);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    @Test
    void pullsSaysWhereAndPullsNothingAgain() {
        CommandRun run = run("pull", "some-org/tiny");
        assertThat(run.err())
                .hasLineCount(1)
                .startsWith("pulling some-org/tiny ... (")
                .contains(" files, ");
        assertThat(run.code()).isZero();
        Path snapshot = folder.resolve("models--some-org--tiny/snapshots").resolve(COMMIT);
        assertThat(run.out()).isEqualTo(snapshot + System.lineSeparator());
        assertThat(snapshot.resolve("unet/config.json")).isRegularFile();

        CommandRun again = run("pull", "some-org/tiny");
        assertThat(again.out()).isEqualTo(run.out());
        assertThat(again.err()).isEmpty();
    }

    @Test
    void modelIsPulledWhenItIsNamedAndOnlyOnce() throws IOException {
        String picture = folder.resolve("a.png").toString();
        String[] imagine = {
            "imagine", "a cat", "--model", "some-org/tiny", "-o", picture, "--size", "32x24", "--steps", "1"
        };
        CommandRun run = run(imagine);
        assertThat(run.err()).hasLineCount(1).startsWith("pulling some-org/tiny ...");
        assertThat(run.code()).isZero();
        assertThat(Path.of(picture)).isNotEmptyFile();
        int pulled = requests.get();
        Files.delete(Path.of(picture));
        CommandRun again = run(imagine);
        assertThat(again.code()).isZero();
        assertThat(again.err()).isEmpty();
        assertThat(requests).hasValue(pulled);
    }

    @Test
    void unknownModelIsRefusedInOneLine() throws IOException {
        Path picture = folder.resolve("any.png");
        ImageFile.write(picture, new Image(1, 1, 3, new byte[3]));
        refused(
                run("pull", "some-org/other"),
                1,
                "zeuxis pull: expected some-org/other from 127.0.0.1, got 404; check");
        refused(
                run("imagine", "a cat", "--model", "some-org/other", "-o", folder + "/a.png"),
                1,
                "zeuxis imagine: --model: there is no folder some-org/other here, and of the hub expected some-org/other");
        refused(
                run("classify", picture.toString(), "--labels", "a,b", "--clip", "some-org/other"),
                1,
                "zeuxis classify: --clip: there is no folder some-org/other here, and of the hub expected");
    }

    @Test
    void whatIsNoNameIsAskedForWrongly() {
        refused(run("pull", "tiny"), 2, "zeuxis pull: expected a model such as openai/clip-vit-base-patch32");
        assertThat(requests).hasValue(0);
    }

    private static void refused(CommandRun run, int code, String message) {
        assertThat(run.err()).hasLineCount(1).startsWith(message);
        assertThat(run.code()).isEqualTo(code);
        assertThat(run.out()).isEmpty();
    }

    private CommandRun run(String... arguments) {
        String endpoint = "http://127.0.0.1:" + server.getAddress().getPort();
        HubSettings settings = HubSettings.of(
                Map.of("HF_HUB_CACHE", folder.toString(), "HF_HOME", folder + "/none", "HF_ENDPOINT", endpoint));
        return CommandRun.of(() -> Hub.of(settings), arguments);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.incrementAndGet();
            String path = exchange.getRequestURI().getPath();
            String resolve = "/some-org/tiny/resolve/" + COMMIT + "/";
            Map<String, Path> files = files();
            if (path.equals("/api/models/some-org/tiny/revision/main")) {
                String listing = files.entrySet().stream()
                        .map(file -> "{\"rfilename\": \"" + file.getKey() + "\", \"size\": "
                                + file.getValue().toFile().length() + "}")
                        .collect(Collectors.joining(", ", "{\"sha\": \"" + COMMIT + "\", \"siblings\": [", "]}"));
                send(exchange, listing.getBytes(StandardCharsets.UTF_8));
            } else if (path.startsWith(resolve)) {
                byte[] content = Files.readAllBytes(files.get(path.substring(resolve.length())));
                exchange.getResponseHeaders().set("ETag", '"' + sha256(content) + '"');
                send(exchange, content);
            } else {
                exchange.sendResponseHeaders(404, -1);
            }
        }
    }

    private static void send(HttpExchange exchange, byte[] content) throws IOException {
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().set("Content-Length", "" + content.length);
            exchange.sendResponseHeaders(200, -1);
        } else {
            exchange.sendResponseHeaders(200, content.length);
            exchange.getResponseBody().write(content);
        }
    }

    private static Map<String, Path> files() throws IOException {
        Path tiny = Path.of(CommandRun.TINY);
        Map<String, Path> files = new HashMap<>();
        try (Stream<Path> all = Files.walk(tiny)) {
            all.filter(Files::isRegularFile)
                    .forEach(file -> files.put(tiny.relativize(file).toString().replace('\\', '/'), file));
        }
        return files;
    }

    private static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
