package org.zeuxis.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.HubSettings;
import org.zeuxis.hub.client.ModelName;
import org.zeuxis.hub.client.Patience;

/** A hub on this machine with one small model, and the cache it is pulled into. */
final class HubBench implements AutoCloseable {
    static final String REPOSITORY = "models--some-org--some.model";
    static final byte[] CONFIG = "{\"model_type\": \"tiny\"}".getBytes(UTF_8);
    static final byte[] WEIGHTS = weights();

    /** Waits for a busy machine, not between attempts. */
    static final Patience PATIENT =
            new Patience(Duration.ofSeconds(30), 5, Duration.ofSeconds(90), Duration.ofMillis(1));

    final Path cache;
    final FakeHub server;

    HubBench(Path cache) throws IOException {
        this.cache = cache;
        server = new FakeHub()
                .with("README.md", "not needed")
                .with("sub/folder/model.safetensors", WEIGHTS)
                .with("config.json", CONFIG);
    }

    Hub hub() {
        return hub(Map.of());
    }

    Hub hub(Map<String, String> environment) {
        return new Hub(settings(environment), PATIENT);
    }

    Hub hub(Patience patience) {
        return new Hub(settings(Map.of()), patience);
    }

    Hub offline() {
        return Hub.of(settings(Map.of("HF_HUB_OFFLINE", "1")));
    }

    HubSettings settings(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(
                Map.of("HF_HUB_CACHE", cache.toString(), "HF_ENDPOINT", server.endpoint(), "HF_HOME", cache + "-none"));
        environment.putAll(more);
        return HubSettings.of(environment);
    }

    /** What is said in one line that has these parts. */
    void refused(String... parts) {
        refused(hub(), parts);
    }

    static void refused(Hub hub, String... parts) {
        assertThatThrownBy(() -> hub.pull(FakeHub.MODEL, PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    void expectWeights(Path snapshot) {
        assertThat(snapshot.resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
    }

    /** Begins to send the weights, sees the first so many bytes arrive, and hangs up. */
    void cut(HttpExchange exchange, int bytes) throws IOException {
        exchange.sendResponseHeaders(200, WEIGHTS.length);
        exchange.getResponseBody().write(WEIGHTS, 0, bytes);
        exchange.getResponseBody().flush();
        for (int i = 0; i < 3000 && !arrived(bytes); i++) sleep(10);
    }

    boolean arrived(long bytes) throws IOException {
        return Files.exists(incomplete()) && Files.size(incomplete()) == bytes;
    }

    /** Where the weights gather. */
    Path incomplete() {
        return cache.resolve(REPOSITORY).resolve("blobs").resolve(FakeHub.hash(WEIGHTS) + ".incomplete");
    }

    /** Of which bytes the storage was asked. */
    List<String> ranges() {
        return server.requests.stream()
                .filter(FakeHub.Request::storage)
                .map(FakeHub.Request::range)
                .toList();
    }

    static Path golden(String name) {
        return Path.of("src", "test", "resources", "golden", name);
    }

    static List<String> tree(Path folder) throws IOException {
        if (!Files.exists(folder)) return List.of();
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(f -> !Files.isDirectory(f))
                    .map(f -> folder.relativize(f).toString())
                    .sorted()
                    .toList();
        }
    }

    private static byte[] weights() {
        byte[] bytes = new byte[300_000];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) throw new IOException("waited in vain");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    static void sleep(int milliseconds) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        server.close();
    }

    /** What was told, as lines. */
    static final class Told implements PullProgress {
        final List<String> lines = new ArrayList<>();

        @Override
        public void begins(ModelName model, int files, long bytes) {
            lines.add("begins " + model + " " + files + " " + bytes);
        }

        @Override
        public void received(String file, long bytes, long size) {
            lines.add("received " + file + " " + bytes + " of " + size);
        }
    }
}
