package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.ImageFile;
import org.zeuxis.image.codec.PngText;
import org.zeuxis.models.clip.Clip;
import org.zeuxis.models.clip.ClipFolder;
import org.zeuxis.models.clip.ClipTextModel;
import org.zeuxis.models.clip.ClipVisionModel;
import org.zeuxis.nn.Activation;
import org.zeuxis.nn.Initialization;
import org.zeuxis.tensor.Seed;
import org.zeuxis.text.BytePairEncoding;
import org.zeuxis.text.ClipTokenizer;

/** Callers who leave, who are too many at once, who come by way of a proxy, who ask for too much. */
@Timeout(240)
class CallersTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String GENERATIONS = "/v1/images/generations";
    private static final String LONG = "{\"prompt\":\"a cat\",\"steps\":900,\"sampler\":\"ddim\",\"size\":\"64x64\"}";

    @TempDir
    private Path folder = Path.of("");

    private static Socket asking(RunningServer server, String path, String body, int length) throws IOException {
        Socket socket = new Socket("127.0.0.1", server.address().getPort());
        socket.getOutputStream()
                .write(("POST " + path + " HTTP/1.1\r\nHost: localhost:"
                                + server.address().getPort() + "\r\nContent-Length: " + length + "\r\n\r\n" + body)
                        .getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
        return socket;
    }

    private static JsonNode queue(RunningServer server) throws IOException, InterruptedException {
        return JSON.readTree(server.get("/v1/zeuxis/queue").body());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatNobodyWaitsForAnyLongerIsNotComputed() throws Exception {
        String clip = TinyClip.save(folder.resolve("clip"), 1);
        try (RunningServer server =
                RunningServer.start(folder.resolve("results"), "--model", CommandRun.TINY, "--model", clip)) {
            HttpResponse<String> running = server.post(GENERATIONS, LONG, "Prefer", "respond-async");
            String body = "{\"input\":\"a red car\"}";
            Socket waits = asking(server, "/v1/embeddings", body, body.length());
            Socket stays = asking(server, "/v1/embeddings", body, body.length());
            String pixel =
                    Base64.getEncoder().encodeToString(ImageFile.png(new Image(1, 1, 3, new byte[3]), PngText.NONE));
            String labels = "{\"labels\":[\"a red car\"],\"images\":[\"data:image/png;base64," + pixel + "\"]}";
            Socket labelled = asking(server, "/v1/zeuxis/classify", labels, labels.length());
            while (queue(server).path("waiting").asInt() < 3) Thread.sleep(5);
            waits.close();
            labelled.close();
            while (queue(server).path("waiting").asInt() > 1) Thread.sleep(5);
            Socket drawn = asking(server, GENERATIONS, LONG, LONG.length());
            while (queue(server).path("waiting").asInt() < 2) Thread.sleep(5);
            server.send(server.to(running.headers().firstValue("Location").orElseThrow())
                    .DELETE());
            assertThat(new String(stays.getInputStream().readNBytes(15), StandardCharsets.US_ASCII))
                    .isEqualTo("HTTP/1.1 200 OK");
            stays.close();
            while (queue(server).path("waiting").asInt() > 0) Thread.sleep(5);
            assertThat(queue(server).path("computing").asBoolean()).isTrue();
            drawn.close(); // and stops at its next step
            while (queue(server).path("computing").asBoolean()) Thread.sleep(5);
            assertThat(server.get("/metrics").body()).contains("zeuxis_job_run_seconds_count{state=\"cancelled\"} 4");
        }
    }

    /** A CLIP that takes many seconds for 2,048 texts on any processor of today. */
    private String slowClip() throws IOException {
        BytePairEncoding encoding = BytePairEncoding.train(List.of("a red car", "a red bird"), 530);
        ClipTokenizer tokenizer = new ClipTokenizer(encoding, 77, BytePairEncoding.END);
        Clip.Config config = new Clip.Config(
                new ClipTextModel.Config(
                        tokenizer.vocabularySize(), 77, 256, 24, 4, 1024, Activation.QUICK_GELU, tokenizer.endId()),
                new ClipVisionModel.Config(16, 8, 16, 1, 2, 32, Activation.GELU),
                8);
        new ClipFolder(Initialization.seeded(Seed.of(1), () -> new Clip(config)), tokenizer)
                .save(folder.resolve("slow"));
        return folder.resolve("slow").toString();
    }

    @Test
    void embeddingsEndAtTheTimeLimit() throws Exception {
        try (RunningServer server =
                RunningServer.start(folder.resolve("results"), "--model", slowClip(), "--time-limit", "1")) {
            String texts = String.join(",", Collections.nCopies(2048, "\"a red car\""));
            HttpResponse<String> late = server.post("/v1/embeddings", "{\"input\":[" + texts + "]}");
            assertThat(late.statusCode()).isEqualTo(400);
            JsonNode error = JSON.readTree(late.body()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("time_limit_exceeded");
            assertThat(error.path("message").asText()).startsWith("expected to end within 1 s");
        }
    }

    /** 256 MiB in all: eight of the largest. */
    @Test
    void whereManyLargeRequestsAreHeldAnotherIsToComeLater() throws Exception {
        try (RunningServer server = RunningServer.start(folder, "--model", CommandRun.TINY)) {
            List<Socket> held = new ArrayList<>();
            for (int i = 0; i < 10; i++) held.add(asking(server, GENERATIONS, "{", 32 << 20));
            for (int answered = 0; answered < 2; Thread.sleep(5)) {
                answered = 0;
                for (Socket each : held) if (each.getInputStream().available() > 0) answered++;
            }
            String small = "{\"prompt\":\"a cat\",\"steps\":1,\"size\":\"16x16\",\"negative_prompt\":\""
                    + "a".repeat(2000) + "\"}";
            HttpResponse<String> refused = server.post(GENERATIONS, small);
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("1");
            JsonNode error = JSON.readTree(refused.body()).path("error");
            assertThat(error.path("code").asText()).isEqualTo("server_busy");
            assertThat(error.path("message").asText())
                    .isEqualTo("expected room for the request, got a server that holds too many large ones; ask again"
                            + " in 1 s");
            assertThat(server.get("/v1/models").statusCode()).isEqualTo(200);
            for (Socket each : held) each.close();
            while (server.post(GENERATIONS, small).statusCode() != 200) Thread.sleep(5);
            assertThat(server.get("/metrics").body()).doesNotContain("status=\"500\"");
        }
    }

    private static String url(RunningServer server, String... headers) throws Exception {
        String body = "{\"prompt\":\"a cat\",\"steps\":1,\"size\":\"16x16\",\"response_format\":\"url\"}";
        HttpResponse<String> response = server.post(GENERATIONS, body, headers);
        return JSON.readTree(response.body()).path("data").path(0).path("url").asText();
    }

    private static String[] with(String[] token, String... headers) {
        return Stream.concat(Stream.of(token), Stream.of(headers)).toArray(String[]::new);
    }

    @Test
    void aProxyIsBelievedOnTheOperatorsWordAlone() throws Exception {
        String[] headers = {"X-Forwarded-Proto", "https", "X-Forwarded-For", "203.0.113.7"};
        try (RunningServer server = RunningServer.start(folder.resolve("alone"), "--model", CommandRun.TINY)) {
            assertThat(url(server, headers)).startsWith("http://127.0.0.1:");
        }
        Path tokens = Files.writeString(folder.resolve("tokens"), "a-token-of-this-server");
        String[] token = {"Authorization", "Bearer a-token-of-this-server"};
        try (RunningServer server = RunningServer.start(
                folder.resolve("behind"),
                "--model",
                CommandRun.TINY,
                "--behind-proxy",
                "--token-file",
                tokens.toString())) {
            assertThat(url(server, token)).startsWith("http://127.0.0.1:");
            assertThat(url(server, with(token, headers)))
                    .startsWith("https://127.0.0.1:" + server.address().getPort() + "/v1/zeuxis/pictures/");
            assertThat(url(server, with(token, "X-Forwarded-Proto", "https", "X-Forwarded-Host", "studio.example")))
                    .startsWith("https://studio.example/v1/zeuxis/pictures/");
            assertThat(url(server, with(token, "Forwarded", "for=203.0.113.7;proto=https;host=studio.example")))
                    .startsWith("https://studio.example/v1/zeuxis/pictures/");
        }
    }
}
