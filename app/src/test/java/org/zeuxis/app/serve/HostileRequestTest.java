package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.errors.UnauthorizedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;

/** What no client of good will sends: refused in words, and the server stays. */
@Timeout(120)
class HostileRequestTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GENERATIONS = "/v1/images/generations";
    private static final String TOKEN = "a-token-of-this-server";

    @TempDir
    private Path folder = Path.of("");

    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        server = RunningServer.start(folder.resolve("results"), "--model", CommandRun.TINY);
    }

    @AfterEach
    void stays() throws Exception {
        assertThat(server.get("/healthz").body()).isEqualTo("ok\n");
        server.close();
    }

    private static String message(HttpResponse<String> response) throws IOException {
        assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
        return JSON.readTree(response.body()).path("error").path("message").asText();
    }

    @Test
    void pagesOfOthersAreRefused() throws Exception {
        String body = "{\"prompt\":\"a cat\"}";
        HttpResponse<String> other = server.post(GENERATIONS, body, "Origin", "https://example.org");
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(message(other)).isEqualTo("expected a request of this page, got one of another");
        assertThat(server.post(GENERATIONS, body, "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.raw("GET /v1/models HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 403");
        assertThat(server.raw("GET /v1/models HTTP/1.1\r\nHost: localhost:"
                        + server.address().getPort() + "\r\nConnection: close\r\n\r\n"))
                .startsWith("HTTP/1.1 200");
    }

    @Test
    void whatIsTooLargeIsNotRead() throws Exception {
        assertThat(
                        server.raw(
                                "POST " + GENERATIONS + " HTTP/1.1\r\nHost: localhost:"
                                        + server.address().getPort()
                                        + "\r\nContent-Type: application/json\r\nContent-Length: 104857600\r\nConnection: close\r\n\r\n{\"prompt\":\""))
                .startsWith("HTTP/1.1 413")
                .contains("\"code\":\"request_too_large\"");
        HttpResponse<String> chunked = server.send(
                server.to(GENERATIONS).POST(BodyPublishers.ofByteArrays(Collections.nCopies(34, new byte[1 << 20]))));
        assertThat(chunked.statusCode()).isEqualTo(413);
        StringBuilder headers = new StringBuilder("GET /v1/models HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 10_000; i++) headers.append("X-").append(i).append(": 1\r\n");
        assertThat(server.raw(headers + "\r\n")).startsWith("HTTP/1.1 431");
    }

    @Test
    void brokenBodiesAreRefusedInWords() throws Exception {
        for (String body : List.of("", "no json", "[1]", "{\"prompt\":", "{\"prompt\":\"a\",\"prompt\":\"b\"}")) {
            HttpResponse<String> refused = server.post(GENERATIONS, body);
            assertThat(refused.statusCode()).as(body).isEqualTo(400);
            assertThat(message(refused)).startsWith("request: expected ");
        }
        HttpResponse<String> deep = server.post(GENERATIONS, "{\"prompt\":" + "[".repeat(100_000));
        assertThat(deep.statusCode()).isEqualTo(400);
        HttpResponse<String> noForm = server.post("/v1/images/edits", "{}", "Content-Type", "application/json");
        assertThat(message(noForm)).isEqualTo("expected a form (multipart/form-data), got application/json");
        for (String form :
                List.of("", "--x", "--x\r\nContent-Disposition: form-data; name=\"image\"", "--x--", "--y\r\n\r\n")) {
            HttpResponse<String> refused =
                    server.post("/v1/images/edits", form, "Content-Type", "multipart/form-data; boundary=x");
            assertThat(refused.statusCode()).as(form).isEqualTo(400);
        }
        HttpResponse<String> unbounded = server.post("/v1/images/edits", "x", "Content-Type", "multipart/form-data");
        assertThat(unbounded.statusCode()).isEqualTo(400);
        assertThat(message(unbounded)).isEqualTo("expected a whole form of at most 33554432 bytes, got a broken one");
    }

    private HttpResponse<String> edit(byte[] picture, String... more) throws Exception {
        ByteArrayOutputStream form = new ByteArrayOutputStream();
        for (String field : more) {
            form.write(("--x\r\nContent-Disposition: form-data; name=\"" + field + "\"\r\n\r\na cat\r\n")
                    .getBytes(StandardCharsets.UTF_8));
        }
        form.write("--x\r\nContent-Disposition: form-data; name=\"image\"; filename=\"../../a.png\"\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8));
        form.write(picture);
        form.write("\r\n--x--\r\n".getBytes(StandardCharsets.UTF_8));
        return server.send(server.to("/v1/images/edits")
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.ofByteArray(form.toByteArray())));
    }

    /** A small file that claims more pixels than there is memory for. */
    private static byte[] bomb() throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.write(new byte[] {(byte) 137, 80, 78, 71, 13, 10, 26, 10});
        ByteBuffer header = ByteBuffer.allocate(13).putInt(60_000).putInt(60_000);
        file.write(chunk("IHDR", header.put(new byte[] {8, 2, 0, 0, 0}).array()));
        file.write(chunk("IDAT", new byte[1000]));
        file.write(chunk("IEND", new byte[0]));
        return file.toByteArray();
    }

    private static byte[] chunk(String type, byte[] content) {
        ByteBuffer chunk = ByteBuffer.allocate(12 + content.length).putInt(content.length);
        chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
        CRC32 crc = new CRC32();
        crc.update(chunk.array(), 4, 4 + content.length);
        return chunk.putInt((int) crc.getValue()).array();
    }

    @Test
    void picturesThatWouldFillTheMemoryAreRefused() throws Exception {
        HttpResponse<String> refused = edit(bomb(), "prompt");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(message(refused)).startsWith("image: expected").contains("60000x60000");
        HttpResponse<String> twice = edit(new byte[] {1}, "prompt", "prompt");
        assertThat(message(twice)).isEqualTo("expected prompt once, got it 2 times");
    }

    @Test
    void pathsLeadNowhereElse() throws Exception {
        for (String path :
                List.of("/studio/about.json", "/v1", "/v1/images", "/../etc/passwd", "/v1/zeuxis/pictures/x/0.png")) {
            assertThat(server.get(path).statusCode()).as(path).isIn(400, 404);
        }
        String port = Integer.toString(server.address().getPort());
        for (String path :
                List.of("/%2e%2e/%2e%2e/etc/passwd", "/v1/zeuxis/pictures/..%2f..%2f/about.json", "/v1/models/%00")) {
            assertThat(server.raw(
                            "GET " + path + " HTTP/1.1\r\nHost: localhost:" + port + "\r\nConnection: close\r\n\r\n"))
                    .as(path)
                    .matches("(?s)HTTP/1.1 40[04].*");
        }
        assertThat(server.get("/v1/images/generations").statusCode()).isEqualTo(405);
        assertThat(message(server.get("/nowhere")))
                .isEqualTo("expected a path of the API, got another; see /v1/models");
    }

    @Test
    void whoHesitatesWithinARequestIsHeard() throws Exception {
        String body = "{\"prompt\":\"a cat\",\"steps\":1,\"size\":\"16x16\"}";
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST " + GENERATIONS + " HTTP/1.1\r\nHost: localhost:"
                            + server.address().getPort() + "\r\nContent-Length: " + body.length() + "\r\n\r\n{")
                    .getBytes(StandardCharsets.US_ASCII));
            for (String part : List.of(body.substring(1, 9), body.substring(9))) {
                Thread.sleep(500);
                out.write(part.getBytes(StandardCharsets.US_ASCII));
            }
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200");
        }
    }

    @Test
    void aSlowCallerIsNotWaitedFor() throws Exception {
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("POST " + GENERATIONS + " HTTP/1.1\r\nHost: localhost:"
                                    + server.address().getPort() + "\r\nContent-Length: 1000000\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            Thread slow = new Thread(() -> {
                try {
                    for (int i = 0; i < 1000; i++) {
                        socket.getOutputStream().write('x');
                        socket.getOutputStream().flush();
                        Thread.sleep(50);
                    }
                } catch (IOException | InterruptedException e) {
                    return; // as wanted
                }
            });
            slow.start();
            assertThat(new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 408");
            slow.interrupt();
        }
    }

    @Test
    void aGuardedServerHearsItsTokensAlone() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens"), "# ours\n" + TOKEN + "\nanother-token-of-it\n");
        try (RunningServer guarded = RunningServer.start(
                folder.resolve("guarded"), "--model", CommandRun.TINY, "--token-file", tokens.toString())) {
            assertThat(guarded.client(TOKEN).models().list().data()).hasSize(1);
            assertThat(guarded.client("another-token-of-it").models().list().data())
                    .hasSize(1);
            assertThatThrownBy(() ->
                            guarded.client("a-token-of-this-serves").models().list())
                    .isInstanceOf(UnauthorizedException.class)
                    .hasMessageContaining("expected a token of this server, got another");
            HttpResponse<String> none = guarded.get("/v1/models");
            assertThat(none.statusCode()).isEqualTo(401);
            assertThat(none.headers().firstValue("WWW-Authenticate")).contains("Bearer");
            assertThat(message(none)).isEqualTo("expected the header Authorization: Bearer TOKEN, got none");
            assertThat(guarded.get("/metrics").statusCode()).isEqualTo(401);
            assertThat(guarded.get("/metrics/").statusCode()).isEqualTo(401);
            assertThat(guarded.get("/readyz").statusCode()).isEqualTo(200);
        }
    }
}
