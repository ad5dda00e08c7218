package org.zeuxis.hub;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.zeuxis.hub.HubBench.CONFIG;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.hub.client.HubException;
import org.zeuxis.hub.client.Listing;
import org.zeuxis.hub.client.OneLine;

/** What a hub refuses, and what it says that is not believed. */
class HubRefusalTest {
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
        at.server.fault((request, exchange) -> {
            if (code != null) exchange.getResponseHeaders().set("X-Error-Code", code);
            FakeHub.send(exchange, status, "<html>a page</html>".getBytes(UTF_8));
            return true;
        });
        at.refused("expected some-org/some.model from 127.0.0.1, got " + status, advice);
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void refusedFileIsNamed() {
        at.server.fault((request, exchange) -> {
            if (!request.path().endsWith(".safetensors")) return false;
            FakeHub.send(exchange, 403, new byte[0]);
            return true;
        });
        at.refused("expected sub/folder/model.safetensors of some-org/some.model from 127.0.0.1, got 403; ");
    }

    @Test
    void revisionThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> at.hub().pull(FakeHub.MODEL + "@v9", PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("got 404; there is no revision v9");
    }

    @Test
    void tokenIsForTheHubAlone() throws IOException {
        at.hub(Map.of("HF_TOKEN", "hf_secret")).pull(FakeHub.MODEL, PullProgress.NONE);
        assertThat(at.server.requests.stream().filter(r -> r.storage()))
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.authorization()).isEmpty());
        assertThat(at.server.requests.stream().filter(r -> !r.storage()))
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.authorization()).isEqualTo("Bearer hf_secret"));
    }

    @Test
    void redirectWithinTheHubIsFollowedWithTheToken() throws IOException {
        at.server.fault((request, exchange) -> {
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
        Path snapshot = at.hub(Map.of("HF_TOKEN", "hf_secret")).pull(FakeHub.MODEL, PullProgress.NONE);
        assertThat(snapshot.resolve("config.json")).hasBinaryContent(CONFIG);
        assertThat(at.server.requests.stream().filter(r -> r.path().startsWith("/moved/")))
                .hasSize(2)
                .allSatisfy(r -> assertThat(r.authorization()).isEqualTo("Bearer hf_secret"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:///etc/passwd", "ftp://127.0.0.1/x", "http://:bad", "/again"})
    void redirectThatLeadsNowhereIsRefused(String location) {
        at.server.fault((request, exchange) -> {
            exchange.getResponseHeaders().set("Location", location);
            FakeHub.send(exchange, 302, new byte[0]);
            return true;
        });
        at.refused("redirect", "check HF_ENDPOINT");
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
                "x\n.json",
                "x\u202egpj.json",
                ".. /x.json",
                "..../x.json",
                "config.json/x.json"
            })
    void nameThatLeadsOutIsRefused(String name) throws IOException {
        at.server.with(name, CONFIG);
        String shown = name.startsWith("config.json/") ? "config.json and files in it" : OneLine.of(name);
        at.refused("expected names of files within the model, got \"" + shown + "\"");
        assertThat(at.server.downloads()).isEmpty();
        assertThat(cache).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../../../evil", "abc", "D41D8CD98F00B204E9800998ECF8427E00000000"})
    void hashThatIsNoneIsRefused(String etag) throws IOException {
        at.server.fault((request, exchange) -> {
            if (!request.method().equals("HEAD")) return false;
            exchange.getResponseHeaders().set("ETag", '"' + etag + '"');
            FakeHub.send(exchange, 200, CONFIG);
            return true;
        });
        at.refused("expected the hash of config.json as its ETag, got " + etag);
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
                "{\"sha\": ",
                "{\"sha\": \"" + FakeHub.COMMIT + "\"}"
            })
    void listingThatIsNoneIsRefused(String listing) throws IOException {
        at.server.fault((request, exchange) -> {
            FakeHub.send(exchange, 200, listing.getBytes(UTF_8));
            return true;
        });
        at.refused(at.server.endpoint(), "expected", "; check HF_ENDPOINT");
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void endlessListingIsLeft() {
        at.server.fault((request, exchange) -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] blanks = new byte[1 << 20];
            Arrays.fill(blanks, (byte) ' ');
            for (int i = 0; i < 40; i++) exchange.getResponseBody().write(blanks);
            return true;
        });
        at.refused("expected a list of files, got more than 16777216 bytes");
    }

    @Test
    void nobodyAnswers() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Hub hub = Hub.of(at.settings(Map.of("HF_ENDPOINT", "http://127.0.0.1:" + free)));
        assertThatThrownBy(() -> hub.pull(FakeHub.MODEL, PullProgress.NONE))
                .isInstanceOf(HubException.class)
                .hasMessageContaining("expected a list of files from http://127.0.0.1:" + free + ", got no connection")
                .hasMessageContaining("check the network");
    }

    static List<String> namesThatAreTooLong() {
        String longest = "n".repeat(250);
        return List.of(
                longest + "n.json",
                "\u6f22".repeat(84) + ".json",
                (longest + "/").repeat(4) + "x".repeat(20) + ".json");
    }

    @ParameterizedTest
    @MethodSource("namesThatAreTooLong")
    void nameThatIsTooLongIsRefused(String name) throws IOException {
        at.server.with(name, CONFIG);
        at.refused("expected names of files within the model, got \"", "do not trust this model");
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void halfOfALetterIsNoName() throws IOException {
        String name = "\\ud800.json";
        at.server.fault((request, exchange) -> {
            String listing = "{\"sha\": \"" + FakeHub.COMMIT + "\", \"siblings\": [{\"rfilename\": \"" + name + "\"}]}";
            FakeHub.send(exchange, 200, listing.getBytes(UTF_8));
            return true;
        });
        at.refused("expected names of files within the model, got \"", "do not trust this model");
        assertThat(cache).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1001})
    void listWithoutAModelIsRefused(int files) throws IOException {
        String listing = IntStream.range(0, files)
                .mapToObj(i -> "{\"rfilename\": \"" + i + ".json\"}")
                .collect(Collectors.joining(",", "{\"sha\": \"" + FakeHub.COMMIT + "\", \"siblings\": [", "]}"));
        at.server.fault((request, exchange) -> {
            FakeHub.send(exchange, 200, listing.getBytes(UTF_8));
            return true;
        });
        at.refused(
                "some-org/some.model: expected 1 to 1000 files that make up a model, got " + files + " among " + files);
        assertThat(cache).isEmptyDirectory();
    }

    @Test
    void listingThatIsCompressedUnaskedIsRefused() {
        at.server.fault((request, exchange) -> {
            exchange.getResponseHeaders().set("Content-Encoding", "gzip");
            FakeHub.send(exchange, 200, CONFIG);
            return true;
        });
        at.refused("expected a list of files from 127.0.0.1 as it is, got it encoded as gzip");
    }

    @Test
    void sizesThatAreTooLargeTogetherAreNoNegativeOne() throws IOException {
        Listing listing = Listing.parse(
                "hub",
                "{\"sha\": \"" + FakeHub.COMMIT
                        + "\", \"siblings\": [{\"rfilename\": \"a\", \"size\": 9223372036854775807},"
                        + " {\"rfilename\": \"b\", \"size\": 5}, {\"rfilename\": \"c\", \"size\": -7}]}");
        assertThat(listing.bytes(List.of("a", "b", "c"))).isEqualTo(Long.MAX_VALUE);
        assertThat(listing.bytes(List.of("b", "c"))).isEqualTo(5);
    }
}
