package org.zeuxis.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.hub.client.Attempts;
import org.zeuxis.hub.client.BusyException;
import org.zeuxis.hub.client.Patience;

/** Servers that are busy, silent or break off before there is any content: asked again, and not for ever. */
class HubBusyTest {
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

    /** Once for the listing, once for what is said of each file, once for each content at each server. */
    @ParameterizedTest
    @ValueSource(ints = {408, 429, 500, 502, 503, 504})
    void busyServerIsAskedAgain(int status) throws IOException {
        Set<FakeHub.Request> seen = ConcurrentHashMap.newKeySet();
        at.server.fault((request, exchange) -> {
            if (!seen.add(request)) return false;
            exchange.getResponseHeaders().set("Retry-After", "0");
            FakeHub.send(exchange, status, new byte[0]);
            return true;
        });
        at.expectWeights(at.hub().pull(FakeHub.MODEL, PullProgress.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/", "config.json", "model.safetensors"})
    void serverThatStaysBusyIsLeft(String what) {
        at.server.fault((request, exchange) -> {
            if (!request.path().contains(what)) return false;
            FakeHub.send(exchange, 503, new byte[0]);
            return true;
        });
        at.refused("from 127.0.0.1, got 503; the hub is in trouble: try again later");
        assertThat(at.server.requests.stream().filter(r -> r.path().contains(what)))
                .hasSize(5);
    }

    @Test
    void contentsServerThatStaysBusyIsLeft() {
        at.server.fault((request, exchange) -> {
            if (!request.storage()) return false;
            exchange.getResponseHeaders().set("Retry-After", "0");
            FakeHub.send(exchange, 503, new byte[0]);
            return true;
        });
        at.refused("expected sub/folder/model.safetensors of some-org/some.model from 127.0.0.1, got 503");
        assertThat(at.ranges()).hasSize(5);
    }

    @Test
    void waitThatIsTooLongIsLeftToTheUser() {
        at.server.fault((request, exchange) -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            FakeHub.send(exchange, 429, new byte[0]);
            return true;
        });
        at.refused("got 429; too many requests: wait 3600 s, or set HF_TOKEN");
        assertThat(at.server.requests).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "Retry-After | 120                             | 120",
                "Retry-After | ' 0 '                           | 0",
                "Retry-After | Fri, 31 Dec 1999 23:59:59 GMT   | 59",
                "Retry-After | Fri, 31 Dec 1999 23:58:59 GMT   | 0",
                "Retry-After | soon                            |",
                "Retry-After | -1                              |",
                "Retry-After | 99999999999999999999            |",
                "RateLimit   | \"api\";r=0;t=55                | 55",
                "RateLimit   | \"resolvers\"; r=0; t=7         | 7",
                "RateLimit   | \"api\";r=12;t=55               |",
            })
    void serverSaysHowLongToWait(String name, String value, Long seconds) {
        HttpHeaders headers = HttpHeaders.of(Map.of(name, List.of(value)), (n, v) -> true);
        assertThat(BusyException.after(headers, Instant.parse("1999-12-31T23:59:00Z"))
                        .map(Duration::toSeconds)
                        .orElse(null))
                .isEqualTo(seconds);
    }

    @Test
    void failuresAreCountedAndTheWaitsAreBounded() throws IOException {
        IOException why = new IOException("the connection ended");
        Attempts three = new Attempts(new Patience(Duration.ofSeconds(1), 3, Duration.ofHours(1), Duration.ZERO));
        assertThat(three.again(why)).isTrue();
        assertThat(three.again(why)).isTrue();
        three.worthwhile();
        assertThat(three.again(why)).isTrue();
        assertThat(three.again(why)).isTrue();
        assertThat(three.again(why)).isFalse();
        // the wait would be longer than all patience
        Attempts patient =
                new Attempts(new Patience(Duration.ofSeconds(1), 9, Duration.ofHours(1), Duration.ofHours(2)));
        assertThat(patient.again(why)).isFalse();
    }

    @Test
    void listingThatBreaksOffIsAskedForAgain() throws IOException {
        AtomicInteger times = new AtomicInteger();
        at.server.fault((request, exchange) -> {
            if (!request.path().startsWith("/api/") || times.getAndIncrement() > 0) return false;
            exchange.sendResponseHeaders(200, 1000);
            exchange.getResponseBody().write('{');
            return true;
        });
        at.expectWeights(at.hub().pull(FakeHub.MODEL, PullProgress.NONE));
        assertThat(times).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void silenceOrACrawlingListingHasAnEnd(boolean silent) {
        CountDownLatch end = new CountDownLatch(1);
        at.server.fault((request, exchange) -> {
            if (silent) {
                HubBench.await(end);
                return true;
            }
            exchange.sendResponseHeaders(200, 0);
            for (int i = 0; i < 3000 && end.getCount() > 0; i++) {
                exchange.getResponseBody().write(' ');
                exchange.getResponseBody().flush();
                HubBench.sleep(10);
            }
            return true;
        });
        try {
            Hub hub = at.hub(new Patience(Duration.ofMillis(500), 2, Duration.ofSeconds(1), Duration.ofMillis(1)));
            HubBench.refused(
                    hub,
                    "expected a list of files from " + at.server.endpoint(),
                    silent ? "got no answer for 0.5 s; check the network" : "got no end in 1.0 s; check the network");
        } finally {
            end.countDown();
        }
    }

    @Test
    void redirectsTogetherTakeNoLongerThanOneAnswer() {
        at.server.fault((request, exchange) -> {
            HubBench.sleep(300);
            exchange.getResponseHeaders().set("Location", "/again");
            FakeHub.send(exchange, 302, new byte[0]);
            return true;
        });
        Hub hub = at.hub(new Patience(Duration.ofMillis(500), 1, Duration.ofSeconds(9), Duration.ofMillis(1)));
        HubBench.refused(hub, "got no answer for 0.5 s");
    }
}
