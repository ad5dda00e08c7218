package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.machine.AvailableMemory;

/** A picture that would not fit into memory. */
@Timeout(240)
class ShortMemoryTest {
    private static final long NEEDED = 37L << 30;

    @Test
    void isRefusedAfterAllElseIsPutAway(@TempDir Path results) throws Exception {
        Assumptions.assumeTrue(
                AvailableMemory.bytes().orElse(NEEDED) < NEEDED * 9 / 10, "more memory is free than the picture takes");
        try (RunningServer server = RunningServer.start(
                results,
                "--model",
                CommandRun.TINY,
                "--model",
                "pictograms",
                "--largest",
                "4096",
                "--dtype",
                "float32")) {
            assertThat(server.post("/v1/images/generations", "{\"prompt\":\"a cat\",\"steps\":1}")
                            .statusCode())
                    .isEqualTo(200);
            HttpResponse<String> refused = server.post(
                    "/v1/images/generations",
                    "{\"prompt\":\"a cat\",\"steps\":1,\"model\":\"pictograms\",\"size\":\"4096x4096\"}");
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(refused.headers().firstValue("Retry-After")).contains("10");
            JsonNode error = new ObjectMapper().readTree(refused.body()).path("error");
            assertThat(error.path("type").asText()).isEqualTo("server_error");
            assertThat(error.path("code").asText()).isEqualTo("out_of_memory");
            assertThat(error.path("message").asText())
                    .startsWith("expected ")
                    .contains(" GB of free memory to compute 4096x4096 in float32");
            assertThat(server.get("/metrics").body()).contains("zeuxis_models_open 1.0");
        }
    }
}
