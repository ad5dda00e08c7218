package org.zeuxis.app.serve.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;

/** Pictures by their address, from a server of TLS on this machine that goes by other names. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(120)
class AllowedHostsTest {
    private static final String HOST = "pictures.example";
    private static final char[] PASSWORD = "a password".toCharArray();
    private static final byte[] PNG = ImageFile.png(new Image(5, 4, 3, new byte[5 * 4 * 3]), PngText.NONE);

    private final List<String> asked = Collections.synchronizedList(new ArrayList<>());
    private SSLContext tls;
    private SSLServerSocket server;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        Path keys = folder.resolve("keys.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "test",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=" + HOST,
                        "-ext",
                        "san=dns:" + HOST,
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        keys.toString(),
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("keytool").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        own.init(store, PASSWORD);
        TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trusted.init(store);
        tls = SSLContext.getInstance("TLS");
        tls.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
        server = (SSLServerSocket)
                tls.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getLoopbackAddress());
        new Thread(this::serve, "pictures").start();
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (Socket socket = server.accept()) {
                answer(socket);
            } catch (IOException | InterruptedException e) {
                continue; // whoever asked went away, or this ends
            }
        }
    }

    private void answer(Socket socket) throws IOException, InterruptedException {
        StringBuilder request = new StringBuilder();
        InputStream in = socket.getInputStream();
        while (request.indexOf("\r\n\r\n") < 0) {
            int c = in.read();
            if (c < 0) return;
            request.append((char) c);
        }
        String path = request.substring(4, request.indexOf(" ", 4));
        asked.add(request.toString());
        OutputStream out = socket.getOutputStream();
        switch (path) {
            case "/whole.png?a=1" -> send(out, "200 OK", "Content-Length: " + PNG.length, PNG);
            case "/to-the-end.png" -> send(out, "200 OK", "X: 1", PNG);
            case "/text" -> send(out, "200 OK", "X: 1", "no picture".getBytes(StandardCharsets.UTF_8));
            case "/moved" -> send(out, "302 Found", "Location: https://other.example/", new byte[0]);
            case "/part" -> send(out, "200 OK", "Content-Length: " + (PNG.length + 1), PNG);
            case "/chunked" -> send(out, "200 OK", "Transfer-Encoding: chunked", PNG);
            case "/claims" -> send(out, "200 OK", "Content-Length: 999999999", PNG);
            case "/other" -> out.write("HELLO\r\n".getBytes(StandardCharsets.US_ASCII));
            case "/no-number" -> send(out, "200 OK", "Content-Length: x", PNG);
            case "/header" -> send(out, "200 OK", "X: " + "a".repeat(40_000), PNG);
            case "/endless" -> {
                send(out, "200 OK", "X: 1", new byte[0]);
                while (true) out.write(new byte[1 << 16]);
            }
            case "/slow" -> {
                send(out, "200 OK", "X: 1", new byte[0]);
                for (int i = 0; i < 200; i++) {
                    out.write(1);
                    out.flush();
                    Thread.sleep(20);
                }
            }
            default -> send(out, "404 Not Found", "X: 1", new byte[0]);
        }
    }

    private static void send(OutputStream out, String status, String header, byte[] body) throws IOException {
        out.write(("HTTP/1.1 " + status + "\r\n" + header + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        out.write(body);
        out.flush();
    }

    private AllowedHosts hosts(Predicate<InetAddress> isPublic, Duration time) {
        AllowedHosts.Resolver resolver = host -> {
            if (host.equals("nowhere.example")) throw new UnknownHostException(host);
            return new InetAddress[] {InetAddress.getLoopbackAddress()};
        };
        return new AllowedHosts(
                List.of(
                        HOST + ":" + server.getLocalPort(),
                        "other.example:" + server.getLocalPort(),
                        "nowhere.example",
                        HOST + ":1"),
                new AllowedHosts.Network(resolver, isPublic, tls.getSocketFactory(), time));
    }

    private AllowedHosts hosts() {
        return hosts(address -> true, Duration.ofSeconds(60));
    }

    private String at(String path) {
        return "https://" + HOST + ":" + server.getLocalPort() + path;
    }

    private void refused(AllowedHosts hosts, String address, String words) {
        assertThatThrownBy(() -> hosts.fetch(address))
                .as(address)
                .isInstanceOf(IOException.class)
                .hasMessageContaining(words);
    }

    @Test
    void aPictureIsFetchedWithNothingButItsAddressTold() throws IOException {
        assertThat(hosts().fetch(at("/whole.png?a=1"))).isEqualTo(PNG);
        assertThat(hosts().fetch(at("/to-the-end.png"))).isEqualTo(PNG);
        assertThat(asked.get(0).toLowerCase(Locale.ROOT)).doesNotContain("authorization", "cookie", "referer");
        SentPictures pictures = new SentPictures(hosts());
        assertThat(pictures.decode(at("/whole.png?a=1"), "image").width()).isEqualTo(5);
        assertThatThrownBy(() -> pictures.decode(at("/text"), "image")).hasMessageStartingWith("image: expected");
        assertThatThrownBy(() -> new SentPictures(AllowedHosts.NONE).decode(at("/whole.png?a=1"), "image"))
                .hasMessageContaining("which is not fetched; send the picture itself");
    }

    @Test
    void whatIsNotAllowedIsNotAskedFor() {
        int before = asked.size();
        refused(hosts(), "https://" + HOST + "/whole.png", "got https://" + HOST + "; send the picture itself");
        refused(hosts(), "http://" + HOST + ":" + server.getLocalPort() + "/whole.png", "got http://");
        refused(hosts(), "https://unheard.example/whole.png", "got https://unheard.example");
        refused(hosts(), at("/").replace("https://", "https://user:secret@"), "expected https:// and a host of ");
        refused(hosts(), "https://127.0.0.1/whole.png", "got https://127.0.0.1");
        refused(hosts(), "https://a b/", "expected the address of a picture, got one that is broken");
        refused(hosts(), "https://nowhere.example/", "nowhere.example: expected a host that has an address, got none");
        AllowedHosts careful = hosts(AllowedHosts::isPublic, Duration.ofSeconds(60));
        refused(careful, at("/whole.png?a=1"), "expected a public address, got one of a private network");
        assertThat(asked).hasSize(before);
    }

    @Test
    void aHostHasToShowThatItIsTheOneThatIsNamed() {
        refused(
                hosts(),
                "https://other.example:" + server.getLocalPort() + "/whole.png?a=1",
                "expected the certificate of this host, got none that is trusted");
    }

    @Test
    void whatDoesNotComeAsItShouldIsRefused() {
        refused(hosts(), "https://" + HOST + ":1/", HOST + ":1: expected a server there, got none");
        refused(hosts(), at("/moved"), "got the status 302, a redirect, which is not followed");
        refused(hosts(), at("/none"), "expected the picture itself, got the status 404");
        refused(hosts(), at("/part"), "expected a whole answer, got a part of one");
        refused(hosts(), at("/chunked"), "expected an answer of HTTP/1.0, got a chunked one");
        refused(hosts(), at("/claims"), "expected at most 20971520 bytes, got more");
        refused(hosts(), at("/other"), "expected an answer of HTTP/1, got another");
        refused(hosts(), at("/no-number"), "expected a length in bytes, got another");
        refused(hosts(), at("/header"), "expected at most 20971520 bytes, got more");
        refused(hosts(), at("/endless"), "expected at most 20971520 bytes, got more");
        refused(hosts(address -> true, Duration.ofMillis(1500)), at("/slow"), "expected the picture in time");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "172.16.0.1",
                "192.168.1.1",
                "169.254.169.254",
                "100.64.0.1",
                "0.0.0.0",
                "224.0.0.1",
                "255.255.255.255",
                "198.18.0.1",
                "192.0.0.1",
                "::1",
                "::",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "::10.0.0.1",
                "64:ff9b::a00:1",
                "2002:a00:1::",
                "2001:0:1::"
            })
    void privateAddressesAreKnown(String address) throws IOException {
        assertThat(AllowedHosts.isPublic(InetAddress.getByName(address))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"8.8.8.8", "100.128.0.1", "172.32.0.1", "192.0.1.1", "2606:4700::1111", "2001:db9::1"})
    void othersArePublic(String address) throws IOException {
        assertThat(AllowedHosts.isPublic(InetAddress.getByName(address))).isTrue();
    }
}
