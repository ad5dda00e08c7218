package org.zeuxis.hub;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pulling by way of a proxy. */
class HubProxyTest {
    private static final String ANNA = "Basic " + Base64.getEncoder().encodeToString("an@na:w:rd".getBytes(UTF_8));

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

    /** The server stands for the proxy: it is asked for addresses of a host that nobody has. */
    @Test
    void hubIsReachedByWayOfAProxyAndTheStorageIsNot() throws IOException {
        List<String> heads = new CopyOnWriteArrayList<>();
        at.server.fault((request, exchange) -> {
            String told = exchange.getRequestHeaders().getFirst("Proxy-Authorization");
            heads.add((request.storage() ? "storage " : "hub ")
                    + exchange.getRequestURI().getHost() + " " + told);
            return false;
        });
        Hub hub = at.hub(Map.of(
                "HF_ENDPOINT",
                "http://hub.invalid",
                "http_proxy",
                at.server.endpoint().replace("//", "//an%40na:w%3Ard@"),
                "NO_PROXY",
                "localhost,127.0.0.1"));
        at.expectWeights(hub.pull(FakeHub.MODEL, PullProgress.NONE));
        assertThat(heads).containsOnly("hub hub.invalid " + ANNA, "storage null null");
    }

    @Test
    void proxyThatWantsAPasswordSaysSo() {
        at.server.fault((request, exchange) -> {
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"x\"");
            FakeHub.send(exchange, 407, new byte[0]);
            return true;
        });
        Hub hub = at.hub(Map.of("HF_ENDPOINT", "http://hub.invalid", "ALL_PROXY", at.server.endpoint()));
        HubBench.refused(
                hub,
                "expected some-org/some.model from hub.invalid, got 407 from the proxy; set the proxy's variable to"
                        + " http://USER:PASSWORD@HOST:PORT");
    }

    @Test
    void proxyThatIsNotThereIsNamedWithoutThePassword() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0)) {
            free = socket.getLocalPort();
        }
        Hub hub = at.hub(
                Map.of("HF_ENDPOINT", "https://hub.invalid", "HTTPS_PROXY", "http://anna:secret@127.0.0.1:" + free));
        HubBench.refused(
                hub,
                "expected a list of files from https://hub.invalid by way of the proxy 127.0.0.1:" + free
                        + " of HTTPS_PROXY, got no connection; check the network");
    }

    @Test
    void proxyOfAnotherKindIsRefused() {
        Hub hub = at.hub(Map.of("HF_ENDPOINT", "https://hub.invalid", "ALL_PROXY", "socks5://127.0.0.1:1080"));
        HubBench.refused(hub, "ALL_PROXY: expected an HTTP proxy such as ", ", got one of socks5; correct or unset it");
    }

    /** In a process of its own, as Java decides before the first request whether a password may be sent. */
    @Test
    void tunnelIsAskedForWithThePassword() throws Exception {
        List<String> heads = new CopyOnWriteArrayList<>();
        try (ServerSocket proxy = new ServerSocket(0, 0, InetAddress.getByName("127.0.0.1"))) {
            Thread answers = new Thread(() -> refuseTunnels(proxy, heads));
            answers.setDaemon(true);
            answers.start();
            Process process = PullOnce.start(
                    "https://hub.invalid",
                    cache,
                    Map.of("HTTPS_PROXY", "http://an%40na:w%3Ard@127.0.0.1:" + proxy.getLocalPort()));
            String said = new String(process.getInputStream().readAllBytes(), UTF_8);
            assertThat(process.waitFor()).as(said).isNotZero();
            assertThat(said).contains("by way of the proxy 127.0.0.1:").doesNotContain("w%3Ard", "w:rd");
        }
        assertThat(heads).contains("CONNECT hub.invalid:443 HTTP/1.1", "Proxy-Authorization: " + ANNA);
    }

    private static void refuseTunnels(ServerSocket proxy, List<String> heads) {
        while (!proxy.isClosed()) {
            try (Socket socket = proxy.accept();
                    BufferedReader lines =
                            new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))) {
                for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                    heads.add(line);
                }
                socket.getOutputStream().write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
            } catch (IOException e) {
                if (!proxy.isClosed()) throw new UncheckedIOException(e);
            }
        }
    }
}
