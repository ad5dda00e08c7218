package org.zeuxis.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pulling from a hub on this machine: what ends up in the cache, and everything a server can do wrong. */
class HubTest {
    private static final String REPOSITORY = "models--some-org--some.model";
    private static final byte[] CONFIG = "{\"model_type\": \"tiny\"}".getBytes(UTF_8);
    private static final byte[] WEIGHTS = weights();

    @TempDir
    Path cache;

    private FakeHub server;

    @BeforeEach
    void start() throws IOException {
        server = new FakeHub()
                .with("README.md", "not needed")
                .with("sub/folder/model.safetensors", WEIGHTS)
                .with("config.json", CONFIG);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void pullsIntoTheLayoutOfHuggingFace() throws IOException {
        Told told = new Told();
        Path snapshot = hub().pull(FakeHub.MODEL, told);
        Path repository = cache.resolve(REPOSITORY);
        assertThat(snapshot).isEqualTo(repository.resolve("snapshots").resolve(FakeHub.COMMIT));
        assertThat(tree(repository))
                .containsExactlyInAnyOrder(
                        "blobs/" + FakeHub.hash(CONFIG),
                        "blobs/" + FakeHub.hash(WEIGHTS),
                        "refs/main",
                        "snapshots/" + FakeHub.COMMIT + "/config.json",
                        "snapshots/" + FakeHub.COMMIT + "/sub/folder/model.safetensors");
        assertThat(repository.resolve("refs/main")).hasContent(FakeHub.COMMIT);
        assertThat(Files.readSymbolicLink(snapshot.resolve("config.json")))
                .hasToString("../../blobs/" + FakeHub.hash(CONFIG));
        assertThat(Files.readSymbolicLink(snapshot.resolve("sub/folder/model.safetensors")))
                .hasToString("../../../../blobs/" + FakeHub.hash(WEIGHTS));
        assertThat(snapshot.resolve("config.json")).hasBinaryContent(CONFIG);
        assertThat(snapshot.resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(tree(cache.resolve(".locks"))).contains(REPOSITORY + "/" + FakeHub.hash(WEIGHTS) + ".lock");
        assertThat(told.lines)
                .contains(
                        "begins some-org/some.model 2 " + (WEIGHTS.length + CONFIG.length),
                        "received sub/folder/model.safetensors " + WEIGHTS.length + " of " + WEIGHTS.length);
    }

    @Test
    void secondPullAsksForTheListingOnly() throws IOException {
        Path first = hub().pull(FakeHub.MODEL, PullProgress.NONE);
        server.requests.clear();
        Told told = new Told();
        assertThat(hub().pull(FakeHub.MODEL, told)).isEqualTo(first);
        assertThat(server.requests).hasSize(1);
        assertThat(told.lines).isEmpty();
    }

    @Test
    void commitIsItsOwnReference() throws IOException {
        hub().pull(FakeHub.MODEL + "@" + FakeHub.COMMIT, PullProgress.NONE);
        assertThat(cache.resolve(REPOSITORY).resolve("refs")).doesNotExist();
        assertThat(offline().pull(FakeHub.MODEL + "@" + FakeHub.COMMIT, PullProgress.NONE))
                .isDirectory();
    }

    @Test
    void goesOnWhereTheServerCut() throws IOException {
        AtomicInteger cuts = new AtomicInteger();
        server.fault((request, exchange) -> {
            if (!request.storage() || cuts.getAndIncrement() > 0) return false;
            cut(exchange.getResponseBody(), () -> exchange.sendResponseHeaders(200, WEIGHTS.length));
            return true;
        });
        Path snapshot = hub().pull(FakeHub.MODEL, PullProgress.NONE);
        assertThat(snapshot.resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(ranges()).containsExactly("", "bytes=" + WEIGHTS.length / 2 + "-");
    }

    @Test
    void secondPullGoesOnWhereTheFirstWasCut() throws IOException {
        AtomicInteger cuts = new AtomicInteger();
        server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            // once half of it, then nothing
            if (cuts.getAndIncrement() == 0) {
                cut(exchange.getResponseBody(), () -> exchange.sendResponseHeaders(200, WEIGHTS.length));
            }
            return true;
        });
        refused(
                "expected " + WEIGHTS.length + " bytes, got " + WEIGHTS.length / 2,
                "pull again, it goes on from there");
        assertThat(incomplete()).hasSize(WEIGHTS.length / 2);
        assertThat(cache.resolve(REPOSITORY).resolve("refs")).doesNotExist();

        server.requests.clear();
        server.fault((request, exchange) -> false);
        Path snapshot = hub().pull(FakeHub.MODEL, PullProgress.NONE);
        assertThat(snapshot.resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(ranges()).containsExactly("bytes=" + WEIGHTS.length / 2 + "-");
        assertThat(incomplete()).doesNotExist();
    }

    @Test
    void serverWithoutRangesStartsAgain() throws IOException {
        Files.createDirectories(HubCache.parent(incomplete()));
        Files.write(incomplete(), Arrays.copyOf(WEIGHTS, 777));
        server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            FakeHub.send(exchange, 200, WEIGHTS);
            return true;
        });
        Path snapshot = hub().pull(FakeHub.MODEL, PullProgress.NONE);
        assertThat(snapshot.resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
        assertThat(ranges()).containsExactly("bytes=777-");
    }

    @Test
    void silentServerIsLeftAndAskedAgain() throws IOException {
        AtomicInteger stalls = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        server.fault((request, exchange) -> {
            if (!request.storage() || stalls.getAndIncrement() > 0) return false;
            exchange.sendResponseHeaders(200, WEIGHTS.length);
            exchange.getResponseBody().write(WEIGHTS, 0, 100);
            exchange.getResponseBody().flush();
            await(end);
            return true;
        });
        try {
            Path snapshot = new Hub(settings(Map.of()), Duration.ofSeconds(2)).pull(FakeHub.MODEL, PullProgress.NONE);
            assertThat(snapshot.resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
            assertThat(stalls).hasValue(2);
        } finally {
            end.countDown();
        }
    }

    @Test
    void wrongContentOfALargeFileIsThrownAway() throws IOException {
        byte[] wrong = WEIGHTS.clone();
        wrong[5]++;
        server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            FakeHub.send(exchange, 200, wrong);
            return true;
        });
        refused("expected content of hash " + FakeHub.hash(WEIGHTS), "got " + FakeHub.hash(wrong), "pull again");
        assertThat(incomplete()).doesNotExist();
        assertThat(tree(cache.resolve(REPOSITORY)))
                .containsExactly("blobs/" + FakeHub.hash(CONFIG), "snapshots/" + FakeHub.COMMIT + "/config.json");
    }

    @Test
    void wrongContentOfASmallFileIsThrownAway() throws IOException {
        byte[] wrong = CONFIG.clone();
        wrong[5]++;
        server.fault((request, exchange) -> {
            if (!request.path().endsWith("/config.json") || request.method().equals("HEAD")) return false;
            FakeHub.send(exchange, 200, wrong);
            return true;
        });
        refused("config.json of some-org/some.model: expected content of hash " + FakeHub.hash(CONFIG));
        assertThat(tree(cache.resolve(REPOSITORY))).isEmpty();
    }

    @Test
    void moreThanWasSaidIsThrownAway() {
        server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            FakeHub.send(exchange, 200, Arrays.copyOf(WEIGHTS, WEIGHTS.length + 1));
            return true;
        });
        refused("expected " + WEIGHTS.length + " bytes, got more");
        assertThat(incomplete()).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "401 |                  | check the name; if the model is private or gated, accept the licence at",
                "401 | GatedRepo        | got 401; accept the licence at",
                "401 |                  | and set HF_TOKEN",
                "403 | GatedRepo        | with the account of HF_TOKEN",
                "404 | RepoNotFound     | got 404; check the name and the revision",
                "404 | RevisionNotFound | there is no revision main; see those at",
                "429 |                  | wait a few minutes, or set HF_TOKEN",
                "503 |                  | try again later"
            })
    void refusalSaysWhatToDo(int status, String code, String advice) throws IOException {
        server.fault((request, exchange) -> {
            if (code != null) exchange.getResponseHeaders().set("X-Error-Code", code);
            FakeHub.send(exchange, status, "<html>a page</html>".getBytes(UTF_8));
            return true;
        });
        refused("expected some-org/some.model from 127.0.0.1, got " + status, advice);
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void refusedFileIsNamed() {
        server.fault((request, exchange) -> {
            if (!request.path().endsWith(".safetensors")) return false;
            FakeHub.send(exchange, 403, new byte[0]);
            return true;
        });
        refused("expected sub/folder/model.safetensors of some-org/some.model from 127.0.0.1, got 403; ");
    }

    @Test
    void revisionThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> hub().pull(FakeHub.MODEL + "@v9", PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("got 404; there is no revision v9");
    }

    @Test
    void tokenIsForTheHubAlone() throws IOException {
        new Hub(settings(Map.of("HF_TOKEN", "hf_secret")), Duration.ofSeconds(30))
                .pull(FakeHub.MODEL, PullProgress.NONE);
        assertThat(server.requests.stream().filter(r -> r.storage()))
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.authorization()).isEmpty());
        assertThat(server.requests.stream().filter(r -> !r.storage()))
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.authorization()).isEqualTo("Bearer hf_secret"));
    }

    @Test
    void redirectWithinTheHubIsFollowedWithTheToken() throws IOException {
        server.fault((request, exchange) -> {
            if (request.path().startsWith("/moved/")) {
                exchange.getResponseHeaders().set("ETag", '"' + FakeHub.hash(CONFIG) + '"');
                FakeHub.send(exchange, 200, CONFIG);
                return true;
            }
            if (!request.path().endsWith("/config.json")) return false;
            exchange.getResponseHeaders().set("Location", "/moved/config.json");
            FakeHub.send(exchange, 307, new byte[0]);
            return true;
        });
        Path snapshot = new Hub(settings(Map.of("HF_TOKEN", "hf_secret")), Duration.ofSeconds(30))
                .pull(FakeHub.MODEL, PullProgress.NONE);
        assertThat(snapshot.resolve("config.json")).hasBinaryContent(CONFIG);
        assertThat(server.requests.stream().filter(r -> r.path().startsWith("/moved/")))
                .hasSize(2)
                .allSatisfy(r -> assertThat(r.authorization()).isEqualTo("Bearer hf_secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://:bad", "/again"})
    void redirectThatLeadsNowhereIsRefused(String location) {
        server.fault((request, exchange) -> {
            exchange.getResponseHeaders().set("Location", location);
            FakeHub.send(exchange, 302, new byte[0]);
            return true;
        });
        refused("redirect", "check HF_ENDPOINT");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../x.json",
                "a/../../x.json",
                "/etc/x.json",
                "a\\..\\x.json",
                "C:/x.json",
                "a/./x.json",
                "a//x.json",
                "x\0.json",
                ".. /x.json",
                "..../x.json"
            })
    void nameThatLeadsOutIsRefused(String name) throws IOException {
        server.with(name, CONFIG);
        refused("expected names of files within the model, got \"" + OneLine.of(name) + "\"");
        assertThat(server.downloads()).isEmpty();
        assertThat(cache).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../../evil", "abc", "D41D8CD98F00B204E9800998ECF8427E00000000"})
    void hashThatIsNoneIsRefused(String etag) throws IOException {
        server.fault((request, exchange) -> {
            if (!request.method().equals("HEAD")) return false;
            exchange.getResponseHeaders().set("ETag", '"' + etag + '"');
            FakeHub.send(exchange, 200, CONFIG);
            return true;
        });
        refused("expected the hash of config.json as its ETag, got " + etag);
        assertThat(cache).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"sha\": \"../../x\", \"siblings\": []}",
                "{\"siblings\": []}",
                "{\"sha\": \"" + FakeHub.COMMIT + "\", \"siblings\": [3]}",
                "<html>",
                "[]",
                "{\"sha\": "
            })
    void listingThatIsNoneIsRefused(String listing) throws IOException {
        server.fault((request, exchange) -> {
            FakeHub.send(exchange, 200, listing.getBytes(UTF_8));
            return true;
        });
        assertThatThrownBy(() -> hub().pull(FakeHub.MODEL, PullProgress.NONE))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(server.endpoint())
                .hasMessageContaining("expected");
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void endlessListingIsLeft() {
        server.fault((request, exchange) -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] blanks = new byte[1 << 20];
            Arrays.fill(blanks, (byte) ' ');
            for (int i = 0; i < 40; i++) exchange.getResponseBody().write(blanks);
            return true;
        });
        refused("expected a list of files, got more than 16777216 bytes");
    }

    @Test
    void offlineTheCacheIsAllThereIs() throws IOException {
        assertThatThrownBy(() -> offline().model(FakeHub.MODEL, PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining(
                        "as HF_HUB_OFFLINE is set, got none; unset it and run zeuxis pull some-org/some.model");
        assertThat(server.requests).isEmpty();
        Path snapshot = hub().pull(FakeHub.MODEL, PullProgress.NONE);
        server.requests.clear();
        assertThat(offline().model(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(offline().pull(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(server.requests).isEmpty();
    }

    @Test
    void modelThatWasPulledIsNotAskedForAgain() throws IOException {
        server.with("model.safetensors", Files.readAllBytes(golden("unet-small.safetensors")));
        Path snapshot = hub().model(FakeHub.MODEL, PullProgress.NONE);
        server.requests.clear();
        assertThat(hub().model(FakeHub.MODEL, PullProgress.NONE)).isEqualTo(snapshot);
        assertThat(server.requests).isEmpty();
        // as Python leaves it when only the tokenizer was wanted
        Files.delete(snapshot.resolve("model.safetensors"));
        hub().model(FakeHub.MODEL, PullProgress.NONE);
        assertThat(snapshot.resolve("model.safetensors")).isRegularFile();
    }

    @Test
    void nobodyAnswers() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Hub hub = Hub.of(settings(Map.of("HF_ENDPOINT", "http://127.0.0.1:" + free)));
        assertThatThrownBy(() -> hub.pull(FakeHub.MODEL, PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("expected an answer from http://127.0.0.1:" + free + ", got ConnectException")
                .hasMessageContaining("check the network");
    }

    @Test
    void manyThreadsDownloadOnce() throws Exception {
        CountDownLatch all = new CountDownLatch(4);
        server.fault((request, exchange) -> {
            // nobody gets content before everybody knows its hash
            if (request.method().equals("HEAD") && request.path().endsWith(".json")) all.countDown();
            if (request.method().equals("GET") && request.path().contains("/resolve/")) await(all);
            return false;
        });
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Path>> pulls = new ArrayList<>();
            for (int i = 0; i < 4; i++) pulls.add(threads.submit(() -> hub().pull(FakeHub.MODEL, PullProgress.NONE)));
            for (Future<Path> pull : pulls) {
                assertThat(pull.get().resolve("sub/folder/model.safetensors")).hasBinaryContent(WEIGHTS);
            }
        } finally {
            threads.shutdownNow();
        }
        // small, large, and large at the other server
        assertThat(server.downloads()).hasSize(3);
    }

    @Test
    void twoProcessesDownloadOnce() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        server.fault((request, exchange) -> {
            if (request.method().equals("HEAD") && request.path().endsWith(".json")) both.countDown();
            if (request.method().equals("GET") && request.path().contains("/resolve/")) await(both);
            return false;
        });
        List<Process> processes =
                List.of(PullOnce.start(server.endpoint(), cache), PullOnce.start(server.endpoint(), cache));
        for (Process process : processes) {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.exitValue()).as(said).isZero();
        }
        assertThat(both.getCount()).isZero();
        assertThat(server.downloads()).hasSize(3);
    }

    private Hub hub() {
        return new Hub(settings(Map.of()), Duration.ofSeconds(30));
    }

    private Hub offline() {
        return Hub.of(settings(Map.of("HF_HUB_OFFLINE", "1")));
    }

    private HubSettings settings(Map<String, String> more) {
        Map<String, String> environment = new HashMap<>(
                Map.of("HF_HUB_CACHE", cache.toString(), "HF_ENDPOINT", server.endpoint(), "HF_HOME", cache + "-none"));
        environment.putAll(more);
        return HubSettings.of(environment);
    }

    private void refused(String... parts) {
        assertThatThrownBy(() -> hub().pull(FakeHub.MODEL, PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1))
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
    }

    /** Sends half of the weights, sees them arrive, and hangs up. */
    private void cut(OutputStream body, Head head) throws IOException {
        head.send();
        body.write(WEIGHTS, 0, WEIGHTS.length / 2);
        body.flush();
        for (int i = 0; i < 3000 && !arrived(WEIGHTS.length / 2); i++) sleep(10);
    }

    private interface Head {
        void send() throws IOException;
    }

    private boolean arrived(long bytes) throws IOException {
        return Files.exists(incomplete()) && Files.size(incomplete()) == bytes;
    }

    private Path incomplete() {
        return cache.resolve(REPOSITORY).resolve("blobs").resolve(FakeHub.hash(WEIGHTS) + ".incomplete");
    }

    private List<String> ranges() {
        return server.requests.stream()
                .filter(FakeHub.Request::storage)
                .map(FakeHub.Request::range)
                .toList();
    }

    private static Path golden(String name) {
        return Path.of("src", "test", "resources", "golden", name);
    }

    private static List<String> tree(Path folder) throws IOException {
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

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) throw new IOException("waited in vain");
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void sleep(int milliseconds) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    /** What was told, as lines. */
    private static final class Told implements PullProgress {
        private final List<String> lines = new ArrayList<>();

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
