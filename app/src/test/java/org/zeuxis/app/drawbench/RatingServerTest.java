package org.zeuxis.app.drawbench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.eval.drawbench.AnswerLog;
import org.zeuxis.eval.drawbench.Category;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.eval.drawbench.Question;

/** What the rating page may ask of its server, and what it is refused. */
class RatingServerTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private Comparison comparison;
    private AnswerLog log;
    private RatingServer server;

    @BeforeEach
    void start() throws IOException {
        List<Prompt> prompts = List.of(
                new Prompt("a red <b>car</b>", Category.COLORS, List.of()),
                new Prompt("a sign", Category.TEXT, List.of()));
        comparison = DrawnFolder.write(folder, 2, prompts);
        log = AnswerLog.open(folder, comparison);
        server = RatingServer.start(new Rating(folder, comparison, log, ""), 0);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
        log.close();
    }

    private HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
        return client.send(
                HttpRequest.newBuilder(server.address().resolve(path)).build(), BodyHandlers.ofByteArray());
    }

    private HttpResponse<String> send(String path, String body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.address().resolve(path)).POST(BodyPublishers.ofString(body));
        if (headers.length > 0) request.headers(headers);
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private JsonNode post(String path, Map<String, String> fields) throws IOException, InterruptedException {
        return JSON.readTree(send(path, JSON.writeValueAsString(fields)).body());
    }

    @Test
    void asksHowItIsMadeBeforeItTellsThePrompt() throws Exception {
        JsonNode first = post("/next", Map.of("rater", "anna"));
        assertThat(first.path("question").asText()).isEqualTo("fidelity");
        assertThat(first.has("caption")).isFalse();
        assertThat(first.path("total").asInt()).isEqualTo(4);
        String id = first.path("id").asText();
        assertThat(post("/answer", Map.of("rater", "anna", "id", id, "question", "alignment", "side", "left"))
                        .path("error")
                        .asText())
                .isEqualTo("expected an answer on how the pictures are made first; reload");
        JsonNode second = post("/answer", Map.of("rater", "anna", "id", id, "question", "fidelity", "side", "left"));
        assertThat(second.path("id").asText()).isEqualTo(id);
        assertThat(second.path("left")).isEqualTo(first.path("left"));
        assertThat(second.path("caption").asText()).isIn("a red <b>car</b>", "a sign");
        assertThat(post("/answer", Map.of("rater", "anna", "id", id, "question", "alignment", "side", "same"))
                        .path("done")
                        .asInt())
                .isEqualTo(2);
        assertThat(log.of("anna")).extracting(a -> a.question()).containsExactly(Question.FIDELITY, Question.ALIGNMENT);
        assertThat(log.of("anna").get(0).preference())
                .isEqualTo(log.of("anna").get(0).left());
        assertThat(log.of("anna").get(1).preference()).isEqualTo(Preference.SAME);
        assertThat(post("/next", Map.of("rater", "ben")).path("done").asInt()).isZero();
    }

    @Test
    void picturesArePixelsAloneAndOnlyThoseThatWereShown() throws Exception {
        JsonNode next = post("/next", Map.of("rater", "anna"));
        byte[] picture = get("/picture/" + next.path("left").get(0).asText()).body();
        assertThat(new String(picture, StandardCharsets.ISO_8859_1))
                .contains("PNG")
                .doesNotContain("lion", "tiger", "Model", "tEXt", "iTXt");
        for (String path :
                List.of("/picture/first/0/0", "/picture/../drawbench.json", "/drawbench.json", "/picture/")) {
            assertThat(get(path).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void thePageBringsAllItsPartsAndNoOthers() throws Exception {
        for (String path : List.of("/", "/rating.css", "/rating.js", "/rating.svg")) {
            HttpResponse<byte[]> reply = get(path);
            assertThat(reply.statusCode()).isEqualTo(200);
            assertThat(reply.headers().firstValue("Content-Security-Policy").orElse(""))
                    .startsWith(
                            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'");
            assertThat(reply.headers().firstValue("Cache-Control")).contains("no-store");
            assertThat(new String(reply.body(), StandardCharsets.UTF_8).replace("http://www.w3.org/2000/svg", ""))
                    .doesNotContain("http:", "https:", "//cdn");
        }
    }

    @Test
    void requestsOfOtherPagesAreRefused() throws Exception {
        String good = "{\"rater\":\"anna\"}";
        assertThat(send("/next", good, "Origin", "https://example.org").statusCode())
                .isEqualTo(403);
        assertThat(send(
                                "/next",
                                good,
                                "Origin",
                                "http://127.0.0.1:" + server.address().getPort())
                        .statusCode())
                .isEqualTo(200);
        assertThat(asHost("zeuxis.example:" + server.address().getPort())).startsWith("HTTP/1.1 403");
        assertThat(asHost("localhost:" + server.address().getPort())).startsWith("HTTP/1.1 200");
    }

    private String asHost(String host) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.address().getPort())) {
            socket.getOutputStream()
                    .write(("GET / HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readNBytes(40), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void whatIsSaidWronglyIsRefusedInWords() throws Exception {
        List<String> errors = new ArrayList<>();
        for (String body : List.of(
                "no json",
                "{}",
                "{\"rater\":\"\",\"id\":\"x\",\"question\":\"fidelity\",\"side\":\"left\"}",
                "{\"rater\":\"anna\",\"id\":\"x\",\"question\":\"fidelity\",\"side\":\"left\"}",
                "{\"rater\":\"anna\",\"id\":\""
                        + post("/next", Map.of("rater", "anna")).path("id").asText()
                        + "\",\"question\":\"fidelity\",\"side\":\"up\"}",
                "{\"rater\":\"anna\",\"id\":\""
                        + post("/next", Map.of("rater", "anna")).path("id").asText()
                        + "\",\"question\":\"beauty\",\"side\":\"left\"}")) {
            HttpResponse<String> reply = send("/answer", body);
            assertThat(reply.statusCode()).isEqualTo(400);
            errors.add(JSON.readTree(reply.body()).path("error").asText());
        }
        assertThat(errors.get(0)).startsWith("request: expected a JSON object");
        assertThat(errors.get(1)).contains("rater");
        assertThat(errors.get(2)).startsWith("expected a name of 1 to 60 letters");
        assertThat(errors.get(3)).isEqualTo("expected pictures that were shown, got others; reload");
        assertThat(errors.get(4)).isEqualTo("expected left, same or right, got 'up'");
        assertThat(errors.get(5)).isEqualTo("expected fidelity or alignment, got 'beauty'; reload");
        assertThat(send("/answer", "x".repeat(5000)).statusCode()).isEqualTo(413);
        assertThat(send("/other", "{\"rater\":\"anna\"}").statusCode()).isEqualTo(404);
        HttpRequest delete = HttpRequest.newBuilder(server.address()).DELETE().build();
        assertThat(client.send(delete, BodyHandlers.discarding()).statusCode()).isEqualTo(405);
        assertThat(log.of("anna")).isEmpty();
    }

    @Test
    void aNamedRaterIsTheOnlyOne() throws Exception {
        try (RatingServer named = RatingServer.start(new Rating(folder, comparison, log, "anna"), 0)) {
            URI next = named.address().resolve("/next");
            HttpRequest other = HttpRequest.newBuilder(next)
                    .POST(BodyPublishers.ofString("{\"rater\":\"ben\"}"))
                    .build();
            assertThat(client.send(other, BodyHandlers.ofString()).body())
                    .contains("expected anna to rate, got 'ben'; reload");
            HttpRequest who =
                    HttpRequest.newBuilder(named.address().resolve("/rater")).build();
            assertThat(client.send(who, BodyHandlers.ofString()).body()).isEqualTo("{\"rater\":\"anna\"}");
        }
    }

    @Test
    void aPictureThatIsDamagedMeanwhileIsSaid() throws Exception {
        JsonNode next = post("/next", Map.of("rater", "anna"));
        for (Preference model : List.of(Preference.FIRST, Preference.SECOND))
            for (int p = 0; p < 2; p++) Files.writeString(comparison.picture(folder, model, p, 0), "damaged");
        HttpResponse<byte[]> reply = get("/picture/" + next.path("left").get(0).asText());
        assertThat(reply.statusCode()).isEqualTo(500);
        assertThat(new String(reply.body(), StandardCharsets.UTF_8)).contains("error");
    }

    /** Of another process: a lock that this one holds would be seen without asking the system. */
    @Test
    @Timeout(60)
    void aFolderIsRatedByOneServer() throws IOException {
        Path other = folder.resolve("other");
        DrawnFolder.write(other, 1, comparison.prompts());
        try (RatingProcess first = RatingProcess.start(other, "--port", "0")) {
            assertThat(first.address()).startsWith("http://127.0.0.1:");
            CommandRun second = CommandRun.of("drawbench", "rate", other.toString(), "--port", "0");
            assertThat(second.code()).isEqualTo(1);
            assertThat(second.err())
                    .hasLineCount(1)
                    .contains(other + ": expected to be the only one that takes answers for it, got another rating");
        }
    }

    @Test
    void aTakenPortIsRefused() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            int port = taken.getLocalPort();
            assertThatThrownBy(() -> RatingServer.start(new Rating(folder, comparison, log, ""), port))
                    .hasMessage("--port: expected one that is free, got " + port
                            + ", which is in use or not allowed; name another, or 0 for any");
        }
    }
}
