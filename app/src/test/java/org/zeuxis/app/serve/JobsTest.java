package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;

/** Pictures that are not waited for. */
@Timeout(120)
class JobsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String LONG = "{\"prompt\":\"a cat\",\"steps\":900,\"sampler\":\"ddim\",\"size\":\"64x64\"}";
    private static final String SHORT = "{\"prompt\":\"a cat\",\"steps\":3,\"size\":\"16x16\",\"partial_images\":2}";

    @TempDir
    private Path results = Path.of("");

    private RunningServer server;

    @BeforeEach
    void start() throws Exception {
        server = RunningServer.start(results, "--model", CommandRun.TINY, "--queue", "2");
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> later(String body) throws IOException, InterruptedException {
        return server.post("/v1/images/generations", body, "Prefer", "respond-async");
    }

    private JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    private JsonNode awaited(String path) throws IOException, InterruptedException {
        JsonNode status = json(server.get(path));
        while (List.of("queued", "running").contains(status.path("status").asText())) {
            Thread.sleep(5);
            status = json(server.get(path));
        }
        return status;
    }

    @Test
    void aJobIsToldOfUntilItsPicturesAreThereAndAfterARestart() throws Exception {
        HttpResponse<String> accepted = later(SHORT);
        assertThat(accepted.statusCode()).isEqualTo(202);
        String path = accepted.headers().firstValue("Location").orElseThrow();
        JsonNode done = awaited(path);
        assertThat(done.path("status").asText()).isEqualTo("finished");
        assertThat(done.path("seeds")).hasSize(1);
        String picture = done.path("pictures").get(0).asText();
        assertThat(server.get(picture).statusCode()).isEqualTo(200);
        server.close();
        server = RunningServer.start(results, "--model", CommandRun.TINY);
        assertThat(json(server.get(path))).isEqualTo(done);
        assertThat(server.get(picture).statusCode()).isEqualTo(200);
    }

    @Test
    void eventsTellOfItsStepsAndShowIt() throws Exception {
        String path = later(SHORT).headers().firstValue("Location").orElseThrow();
        HttpResponse<String> events = server.get(path + "/events");
        assertThat(events.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/event-stream");
        List<String> names =
                events.body().lines().filter(line -> line.startsWith("event: ")).toList();
        assertThat(names).last().isEqualTo("event: end");
        assertThat(events.body()).contains("\"status\":\"finished\"");
        assertThat(server.get(path + "/events").body()).startsWith("event: end");
    }

    @Test
    void cancelledOnesEndAndAFullQueueSaysWhenToAskAgain() throws Exception {
        String running = later(LONG).headers().firstValue("Location").orElseThrow();
        JsonNode status = json(server.get(running));
        for (; status.path("step").asInt() < 1; status = json(server.get(running))) {
            assertThat(status.path("status").asText()).isIn("queued", "running");
            Thread.sleep(5);
        }
        String waiting = later(LONG).headers().firstValue("Location").orElseThrow();
        assertThat(json(server.get(waiting)).path("position").asInt()).isEqualTo(1);
        assertThat(json(server.get("/v1/zeuxis/queue")).toString()).contains("\"waiting\":1", "\"computing\":true");
        HttpResponse<String> full = later(LONG);
        assertThat(full.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(full.headers().firstValue("Retry-After").orElseThrow()))
                .isPositive();
        assertThat(json(full).path("error").path("code").asText()).isEqualTo("queue_full");
        List<String> ended = new ArrayList<>();
        for (String path : List.of(waiting, running)) {
            ended.add(json(server.send(server.to(path).DELETE())).path("status").asText());
        }
        assertThat(ended).containsExactly("cancelled", "cancelled");
        assertThat(json(server.get(running)).path("error").path("code").asText())
                .isEqualTo("cancelled");
        assertThat(server.get("/v1/zeuxis/jobs/" + "0".repeat(32)).statusCode()).isEqualTo(404);
        assertThat(server.get("/v1/zeuxis/jobs/..%2f..").statusCode()).isIn(400, 404);
    }

    @Test
    void operatorsSeeWhatGoesOn() throws Exception {
        assertThat(server.post("/v1/images/generations", SHORT).statusCode()).isEqualTo(200);
        assertThat(server.get("/healthz").body()).isEqualTo("ok\n");
        assertThat(server.get("/readyz").body()).isEqualTo("{\"ready\":true}");
        assertThat(server.get("/metrics").body())
                .contains(
                        "zeuxis_job_run_seconds_count{state=\"finished\"} 1",
                        "zeuxis_models_open 1.0",
                        "zeuxis_queue_waiting 0.0",
                        "route=\"/v1/images/generations\",status=\"200\"");
        assertThat(server.get("/v1/models", "X-Request-Id", "mine-1").headers().firstValue("X-Request-Id"))
                .contains("mine-1");
    }
}
