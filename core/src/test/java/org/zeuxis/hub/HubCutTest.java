package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.zeuxis.hub.HubBench.CONFIG;
import static org.zeuxis.hub.HubBench.REPOSITORY;
import static org.zeuxis.hub.HubBench.WEIGHTS;
import static org.zeuxis.hub.HubBench.await;
import static org.zeuxis.hub.HubBench.tree;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.Patience;

/** Contents that break off, crawl, or are others than was said. */
class HubCutTest {
    @TempDir
    Path cache;

    private HubBench at;

    @BeforeEach
    void start() throws IOException {
        at = new HubBench(cache);
    }

    @AfterEach
    void stop() {
        at.close();
    }

    @Test
    void goesOnWhereTheServerCut() throws IOException {
        AtomicInteger cuts = new AtomicInteger();
        at.server.fault((request, exchange) -> {
            if (!request.storage() || cuts.getAndIncrement() > 0) return false;
            at.cut(exchange, WEIGHTS.length / 2);
            return true;
        });
        Path snapshot = at.hub().pull(FakeHub.MODEL, PullProgress.NONE);
        at.expectWeights(snapshot);
        assertThat(at.ranges()).containsExactly("", "bytes=" + WEIGHTS.length / 2 + "-");
    }

    @Test
    void secondPullGoesOnWhereTheFirstWasCut() throws IOException {
        AtomicInteger cuts = new AtomicInteger();
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            // once half of it, then nothing
            if (cuts.getAndIncrement() == 0) {
                at.cut(exchange, WEIGHTS.length / 2);
            }
            return true;
        });
        at.refused(
                "expected " + WEIGHTS.length + " bytes, got " + WEIGHTS.length / 2,
                "pull again, it goes on from there");
        assertThat(at.incomplete()).hasSize(WEIGHTS.length / 2);
        assertThat(cache.resolve(REPOSITORY).resolve("refs")).doesNotExist();

        at.server.requests.clear();
        at.server.fault((request, exchange) -> false);
        Path snapshot = at.hub().pull(FakeHub.MODEL, PullProgress.NONE);
        at.expectWeights(snapshot);
        assertThat(at.ranges()).containsExactly("bytes=" + WEIGHTS.length / 2 + "-");
        assertThat(at.incomplete()).doesNotExist();
    }

    @Test
    void serverWithoutRangesStartsAgain() throws IOException {
        Files.createDirectories(HubCache.parent(at.incomplete()));
        Files.write(at.incomplete(), Arrays.copyOf(WEIGHTS, 777));
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            FakeHub.send(exchange, 200, WEIGHTS);
            return true;
        });
        Path snapshot = at.hub().pull(FakeHub.MODEL, PullProgress.NONE);
        at.expectWeights(snapshot);
        assertThat(at.ranges()).containsExactly("bytes=777-");
    }

    @Test
    void silentServerIsLeftAndAskedAgain() throws IOException {
        AtomicInteger stalls = new AtomicInteger();
        CountDownLatch end = new CountDownLatch(1);
        at.server.fault((request, exchange) -> {
            if (!request.storage() || stalls.getAndIncrement() > 0) return false;
            exchange.sendResponseHeaders(200, WEIGHTS.length);
            exchange.getResponseBody().write(WEIGHTS, 0, 100);
            exchange.getResponseBody().flush();
            await(end);
            return true;
        });
        try {
            Path snapshot = at.hub(new Patience(Duration.ofSeconds(2), 3, Duration.ofSeconds(60), Duration.ofMillis(1)))
                    .pull(FakeHub.MODEL, PullProgress.NONE);
            at.expectWeights(snapshot);
            assertThat(stalls).hasValue(2);
        } finally {
            end.countDown();
        }
    }

    @Test
    void wrongContentOfALargeFileIsThrownAway() throws IOException {
        byte[] wrong = WEIGHTS.clone();
        wrong[5]++;
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            FakeHub.send(exchange, 200, wrong);
            return true;
        });
        at.refused("expected content of hash " + FakeHub.hash(WEIGHTS), "got " + FakeHub.hash(wrong), "pull again");
        assertThat(at.incomplete()).doesNotExist();
        assertThat(tree(cache.resolve(REPOSITORY)))
                .containsExactly("blobs/" + FakeHub.hash(CONFIG), "snapshots/" + FakeHub.COMMIT + "/config.json");
    }

    @Test
    void wrongContentOfASmallFileIsThrownAway() throws IOException {
        byte[] wrong = CONFIG.clone();
        wrong[5]++;
        at.server.fault((request, exchange) -> {
            if (!request.path().endsWith("/config.json") || request.method().equals("HEAD")) return false;
            FakeHub.send(exchange, 200, wrong);
            return true;
        });
        at.refused("config.json of some-org/some.model: expected content of hash " + FakeHub.hash(CONFIG));
        assertThat(tree(cache.resolve(REPOSITORY))).isEmpty();
    }

    @Test
    void moreThanWasSaidIsThrownAway() {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            FakeHub.send(exchange, 200, Arrays.copyOf(WEIGHTS, WEIGHTS.length + 1));
            return true;
        });
        at.refused("expected " + WEIGHTS.length + " bytes, got more");
        assertThat(at.incomplete()).doesNotExist();
    }

    @Test
    void serverThatNeverGoesOnIsLeft() throws IOException {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            if (request.range().isEmpty()) at.cut(exchange, WEIGHTS.length / 2);
            else FakeHub.send(exchange, 416, new byte[0]);
            return true;
        });
        at.refused("model.safetensors of some-org/some.model: expected " + WEIGHTS.length + " bytes, got ");
        assertThat(at.ranges()).hasSize(5);
        assertThat(cache.resolve(REPOSITORY).resolve("refs")).doesNotExist();
    }

    @Test
    void serverThatIgnoresRangesAndAlwaysBreaksOffIsLeft() throws IOException {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            at.cut(exchange, WEIGHTS.length / 2);
            return true;
        });
        at.refused("got " + WEIGHTS.length / 2 + " (the connection ended); pull again");
        assertThat(at.ranges()).hasSize(5);
    }

    @Test
    void answerThatStartsBeforeWhatWasAskedForIsTakenFromThere() throws IOException {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            if (request.range().isEmpty()) {
                at.cut(exchange, WEIGHTS.length / 2);
            } else {
                exchange.getResponseHeaders()
                        .set("Content-Range", "bytes 0-" + (WEIGHTS.length - 1) + "/" + WEIGHTS.length);
                FakeHub.send(exchange, 206, WEIGHTS);
            }
            return true;
        });
        at.expectWeights(at.hub().pull(FakeHub.MODEL, PullProgress.NONE));
        assertThat(at.ranges()).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes 200000-299999/300000", "bytes */300000", "", "bytes 99999999999999999999-/1"})
    void answerThatStartsElsewhereIsNotTaken(String range) {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            if (request.range().isEmpty()) {
                at.cut(exchange, WEIGHTS.length / 2);
            } else {
                exchange.getResponseHeaders().set("Content-Range", range);
                FakeHub.send(exchange, 206, Arrays.copyOf(WEIGHTS, 1000));
            }
            return true;
        });
        at.refused("got " + WEIGHTS.length / 2 + " (expected bytes from " + WEIGHTS.length / 2 + ", got \"" + range);
    }

    @Test
    void aByteEachTimeIsNothing() throws IOException {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            int from = request.range().isEmpty()
                    ? 0
                    : Integer.parseInt(request.range().replaceAll("\\D", ""));
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-");
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, WEIGHTS.length - from);
            exchange.getResponseBody().write(WEIGHTS, from, 1);
            exchange.getResponseBody().flush();
            for (int i = 0; i < 1000 && !at.arrived(from + 1); i++) HubBench.sleep(10);
            return true;
        });
        at.refused("expected " + WEIGHTS.length + " bytes, got 5 (the connection ended); pull again");
        assertThat(at.ranges()).hasSize(5);
    }

    @Test
    void halfOfTheRestEachTimeGetsThere() throws IOException {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            int from = request.range().isEmpty()
                    ? 0
                    : Integer.parseInt(request.range().replaceAll("\\D", ""));
            int length = (WEIGHTS.length - from + 1) / 2;
            exchange.getResponseHeaders().set("Content-Range", "bytes " + from + "-");
            exchange.sendResponseHeaders(from == 0 ? 200 : 206, WEIGHTS.length - from);
            exchange.getResponseBody().write(WEIGHTS, from, length);
            exchange.getResponseBody().flush();
            for (int i = 0; i < 1000 && at.incomplete().toFile().exists() && !at.arrived(from + length); i++) {
                HubBench.sleep(10);
            }
            return true;
        });
        at.expectWeights(at.hub().pull(FakeHub.MODEL, PullProgress.NONE));
    }

    @Test
    void serverThatDripsIsLeft() throws IOException {
        CountDownLatch end = new CountDownLatch(1);
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            exchange.sendResponseHeaders(200, WEIGHTS.length);
            for (int i = 0; i < 3000 && end.getCount() > 0; i++) {
                exchange.getResponseBody().write(WEIGHTS, i, 1);
                exchange.getResponseBody().flush();
                HubBench.sleep(20);
            }
            return true;
        });
        try {
            Hub hub = at.hub(new Patience(Duration.ofMillis(500), 2, Duration.ofSeconds(60), Duration.ofMillis(1)));
            HubBench.refused(hub, "(fewer than 2048 bytes in 0.5 s); pull again, it goes on from there");
        } finally {
            end.countDown();
        }
    }

    @Test
    void sizeThatIsLargerThanTheContentIsNotWaitedForForever() {
        at.server.fault((request, exchange) -> {
            if (request.storage() || !request.path().endsWith(".safetensors")) return false;
            exchange.getResponseHeaders().set("X-Linked-Etag", '"' + FakeHub.hash(WEIGHTS) + '"');
            exchange.getResponseHeaders().set("X-Linked-Size", "100000000000000000");
            FakeHub.send(exchange, 200, WEIGHTS);
            return true;
        });
        at.refused("expected 100000000000000000 bytes, got ", "(the connection ended)");
    }

    @Test
    void contentThatIsCompressedUnaskedIsRefused() {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            FakeHub.send(exchange, 200, WEIGHTS);
            return true;
        });
        at.refused("expected sub/folder/model.safetensors of some-org/some.model from 127.0.0.1 as it is,"
                + " got it encoded as gzip; check HF_ENDPOINT and the proxy");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void diskThatIsFullIsNoFaultOfTheServer() throws IOException {
        try (PartialFile full = PartialFile.open(Path.of("/dev/full"))) {
            assertThatThrownBy(() -> full.append(ByteBuffer.wrap(CONFIG)))
                    .isInstanceOf(HubException.class)
                    .hasMessage("/dev/full: expected to write it, got No space left on device; make room there or set"
                            + " HF_HUB_CACHE to another disk, and pull again, it goes on from there");
        }
    }

    @Test
    void interruptedPullKeepsWhatHasCome() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        at.server.fault((request, exchange) -> {
            if (!request.storage() || end.getCount() == 0) return false;
            exchange.sendResponseHeaders(200, WEIGHTS.length);
            exchange.getResponseBody().write(WEIGHTS, 0, 1000);
            exchange.getResponseBody().flush();
            await(end);
            return true;
        });
        FutureTask<Path> pull = new FutureTask<>(() -> at.hub().pull(FakeHub.MODEL, PullProgress.NONE));
        Thread thread = new Thread(pull);
        thread.start();
        try {
            for (int i = 0; i < 3000 && !at.arrived(1000); i++) HubBench.sleep(10);
            thread.interrupt();
            assertThatThrownBy(pull::get)
                    .hasCauseInstanceOf(InterruptedIOException.class)
                    .cause()
                    .hasMessage(
                            "stopped; what has come of some-org/some.model is kept, pull it again and it goes on from"
                                    + " there");
        } finally {
            end.countDown();
        }
        assertThat(at.incomplete()).hasSize(1000);
        at.expectWeights(at.hub().pull(FakeHub.MODEL, PullProgress.NONE));
        assertThat(at.ranges()).containsExactly("", "bytes=1000-");
    }
}
