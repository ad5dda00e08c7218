package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.drawbench.DrawnFolder;
import org.zeuxis.eval.drawbench.Answer;
import org.zeuxis.eval.drawbench.AnswerLog;
import org.zeuxis.eval.drawbench.Category;
import org.zeuxis.eval.drawbench.Comparison;
import org.zeuxis.eval.drawbench.Preference;
import org.zeuxis.eval.drawbench.Prompt;
import org.zeuxis.eval.drawbench.Question;

/** {@code serve --rate}: the page of {@code drawbench rate} beside the studio. */
@Timeout(120)
class ServedRatingTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String TOKEN = "a-token-of-this-server";
    private static final String ANNA = "{\"rater\":\"anna\"}";

    @TempDir
    private Path folder;

    private Path drawn;
    private Comparison comparison;

    @BeforeEach
    void draw() throws IOException {
        drawn = folder.resolve("drawn");
        comparison = DrawnFolder.write(
                drawn,
                2,
                List.of(
                        new Prompt("a red car", Category.COLORS, List.of()),
                        new Prompt("a sign", Category.TEXT, List.of())));
    }

    private RunningServer start(String... more) throws IOException, InterruptedException {
        String[] all = new String[more.length + 2];
        all[0] = "--model";
        all[1] = CommandRun.TINY;
        System.arraycopy(more, 0, all, 2, more.length);
        return RunningServer.start(folder.resolve("results"), all);
    }

    @Test
    void everyAnswerIsSavedAtOnceAndNothingTellsWhoseThePicturesAre() throws Exception {
        try (RunningServer server = start("--rate", drawn.toString())) {
            assertThat(JSON.readTree(server.get("/v1/models").body())
                            .path("zeuxis")
                            .path("rating")
                            .asText())
                    .isEqualTo("/rate/");
            HttpResponse<String> first = server.post("/rate/next", ANNA);
            JsonNode asked = JSON.readTree(first.body());
            assertThat(asked.path("total").asInt()).isEqualTo(4);
            assertThat(asked.has("caption")).isFalse();
            HttpResponse<String> picture =
                    server.get("/rate/picture/" + asked.path("left").get(0).asText());
            assertThat(picture.headers().firstValue("Content-Type")).contains("image/png");
            assertThat(first.body() + picture.body()).doesNotContain("lion", "tiger", "tEXt", "iTXt");
            String answer =
                    "{\"rater\":\"anna\",\"id\":\"" + asked.path("id").asText() + "\",\"question\":\"fidelity\",";
            JsonNode second = JSON.readTree(
                    server.post("/rate/answer", answer + "\"side\":\"same\"}").body());
            assertThat(second.path("caption").asText()).isIn("a red car", "a sign");
            assertThat(AnswerLog.read(drawn, comparison))
                    .extracting(Answer::rater, Answer::question, Answer::preference)
                    .containsExactly(tuple("anna", Question.FIDELITY, Preference.SAME));
            HttpResponse<String> wrong = server.post("/rate/answer", answer + "\"side\":\"up\"}");
            assertThat(wrong.statusCode()).isEqualTo(400);
            assertThat(wrong.body()).contains("expected left, same or right, got 'up'");
            assertThat(server.post("/rate/next", "x".repeat(5000)).statusCode()).isEqualTo(413);
            assertThat(server.get("/rate/picture/first/0/0").statusCode()).isEqualTo(404);
        }
        assertThat(AnswerLog.read(drawn, comparison)).hasSize(1);
    }

    @Test
    void thePageIsThereWithItsPartsAndForNoOtherPage() throws Exception {
        try (RunningServer server = start("--rate", drawn.toString())) {
            HttpResponse<String> bare = server.get("/rate");
            assertThat(bare.statusCode()).isEqualTo(302);
            assertThat(bare.headers().firstValue("Location").orElse("")).endsWith("/rate/");
            for (String path : List.of("/rate/", "/rate/rating.css", "/rate/rating.js", "/rate/rating.svg")) {
                HttpResponse<String> reply = server.get(path);
                assertThat(reply.statusCode()).as(path).isEqualTo(200);
                assertThat(reply.headers().firstValue("Content-Security-Policy").orElse(""))
                        .contains(
                                "default-src 'none'; script-src 'self'",
                                "connect-src 'self'",
                                "frame-ancestors 'none'");
            }
            assertThat(server.post("/rate/next", ANNA, "Origin", "https://example.org")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(server.raw("POST /rate/next HTTP/1.1\r\nHost: zeuxis.example\r\nContent-Length: " + ANNA.length()
                            + "\r\nConnection: close\r\n\r\n" + ANNA))
                    .startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void whoHasNoTokenSeesThePageAlone() throws Exception {
        Path tokens = Files.writeString(folder.resolve("tokens"), TOKEN);
        try (RunningServer server = start("--rate", drawn.toString(), "--token-file", tokens.toString())) {
            assertThat(server.get("/rate/").statusCode()).isEqualTo(200);
            assertThat(server.get("/rate/rating.js").statusCode()).isEqualTo(200);
            for (String path : List.of("/rate/next", "/rate/next/", "/rate/answer")) {
                assertThat(server.send(server.to(path).POST(BodyPublishers.ofString(ANNA)))
                                .statusCode())
                        .as(path)
                        .isEqualTo(401);
            }
            assertThat(server.get("/rate/rater").statusCode()).isEqualTo(401);
            HttpResponse<String> next = server.post("/rate/next", ANNA, "Authorization", "Bearer " + TOKEN);
            assertThat(next.statusCode()).isEqualTo(200);
            // no picture of a page brings a token; its name was told to who has one
            String name = JSON.readTree(next.body()).path("left").get(0).asText();
            assertThat(server.get("/rate/picture/" + name).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void thereIsNoneUnlessItIsAskedForOfAFolderThatIsFree() throws Exception {
        try (RunningServer server = start()) {
            assertThat(server.get("/rate/").statusCode()).isEqualTo(404);
            assertThat(server.get("/v1/models").body()).doesNotContain("rating");
        }
        refused(folder.toString(), "expected");
        try (RunningServer server = start("--rate", drawn.toString())) {
            assertThat(server.get("/rate/").statusCode()).isEqualTo(200);
            refused(drawn.toString(), "expected to be the only one that takes answers for it");
        }
    }

    private static void refused(String rated, String words) {
        CommandRun run = CommandRun.of("serve", "--port", "0", "--model", CommandRun.TINY, "--rate", rated);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).hasLineCount(1).contains(rated, words);
    }
}
