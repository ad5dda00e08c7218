package org.zeuxis.app.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.zeuxis.app.CommandRun;
import org.zeuxis.app.TinyClip;
import org.zeuxis.app.draw.TinyUnClip;
import org.zeuxis.image.Image;
import org.zeuxis.image.codec.EncodedPicture;
import org.zeuxis.image.codec.ImageFile;

/** What OpenAI's API has no word for: blending, enlarging, searching; and what each model is said to do. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(240)
class OwnEndpointsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String BLEND = "/v1/zeuxis/blend";
    private static final String UPSCALE = "/v1/zeuxis/upscale";
    private static final String SEARCH = "/v1/zeuxis/search";

    private Path folder = Path.of("");
    private String unclip = "";
    private String clip = "";
    private RunningServer server;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        folder = temporary;
        unclip = TinyUnClip.save(folder.resolve("unclip"));
        clip = TinyClip.save(folder.resolve("clip"), 1);
        for (int i = 0; i < 4; i++) write("album/p" + i + ".png", 12 + i, 20, i);
        write("a.png", 24, 20, 5);
        write("b.png", 9, 30, 8);
        CommandRun indexed = CommandRun.of(
                "search",
                "index",
                folder.resolve("album").toString(),
                "--into",
                folder.resolve("index").toString(),
                "--clip",
                clip);
        assertThat(indexed.err()).isEmpty();
        server = RunningServer.start(
                folder.resolve("results"),
                "--model",
                CommandRun.TINY,
                "--model",
                unclip,
                "--model",
                clip,
                "--index",
                folder.resolve("index").toString(),
                "--largest",
                "64");
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private void write(String name, int width, int height, int shade) throws IOException {
        byte[] samples = new byte[width * height * 3];
        for (int i = 0; i < samples.length; i++) samples[i] = (byte) (i * (7 + 13 * shade) / (3 + shade % 2));
        Files.createDirectories(folder.resolve(name).getParent());
        ImageFile.write(folder.resolve(name), new Image(width, height, 3, samples));
    }

    private byte[] file(String name) throws IOException {
        return Files.readAllBytes(folder.resolve(name));
    }

    private JsonNode fine(HttpResponse<String> response) throws IOException {
        assertThat(response.body()).doesNotContain("\"error\"");
        assertThat(response.statusCode()).isEqualTo(200);
        return JSON.readTree(response.body());
    }

    private static byte[] png(JsonNode answer, int i) {
        return Base64.getDecoder()
                .decode(answer.path("data").path(i).path("b64_json").asText());
    }

    private void refused(HttpResponse<String> response, String param, String words) throws IOException {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        JsonNode error = JSON.readTree(response.body()).path("error");
        assertThat(error.path("message").asText()).contains(words);
        assertThat(error.path("param").asText("")).isEqualTo(param);
    }

    private FormData blending() throws IOException {
        return new FormData()
                .file("image[]", file("a.png"))
                .file("image[]", file("b.png"))
                .text("steps", 3)
                .text("seed", 5);
    }

    /** By their widths: those of the decoder, then of the upsampler, as many as are wanted. */
    @Test
    void eachStageThatDrawsShowsWhatItDraws() throws Exception {
        assertThat(shown(50)).containsExactly(8, 8, 8, 32, 32);
        assertThat(shown(2)).containsExactly(8, 8);
        assertThat(shown(0)).isEmpty();
    }

    private List<Integer> shown(int wanted) throws Exception {
        HttpResponse<String> events = server.post(
                "/v1/images/generations",
                "{\"model\":\"" + unclip + "\",\"prompt\":\"a cat\",\"size\":\"32x32\",\"steps\":4,"
                        + "\"stages\":{\"upsampler32\":{\"steps\":3}},\"stream\":true,\"partial_images\":" + wanted
                        + "}");
        assertThat(events.body()).contains("image_generation.completed");
        List<Integer> widths = new ArrayList<>();
        for (String line : events.body().lines().toList()) {
            if (!line.startsWith("data: ")) continue;
            JsonNode event = JSON.readTree(line.substring("data: ".length()));
            if (!event.path("type").asText().endsWith(".partial_image")) continue;
            byte[] png = Base64.getDecoder().decode(event.path("b64_json").asText());
            widths.add(EncodedPicture.decode(png, "event").width());
        }
        return widths;
    }

    @Test
    void aBlendIsWhatTheCommandLineBlends() throws Exception {
        JsonNode answer = fine(server.post(BLEND, blending().text("n", 3).text("size", "8x8")));
        assertThat(answer.path("data")).hasSize(3);
        assertThat(answer.path("data").path(2).path("seed").asLong()).isEqualTo(5);
        CommandRun run = CommandRun.of(
                "blend",
                folder.resolve("a.png").toString(),
                folder.resolve("b.png").toString(),
                "--model",
                unclip,
                "--count",
                "3",
                "--size",
                "8",
                "--steps",
                "3",
                "--seed",
                "5",
                "-o",
                folder.resolve("blended.png").toString());
        assertThat(run.err()).isEmpty();
        for (int i = 0; i < 3; i++) {
            assertThat(png(answer, i)).isEqualTo(file("blended-" + (i + 1) + ".png"));
        }
    }

    @Test
    void aBlendIsAJobAsAllPicturesAre() throws Exception {
        HttpResponse<String> accepted =
                server.post(BLEND, blending().text("n", 2).text("size", "8"), "Prefer", "respond-async");
        assertThat(accepted.statusCode()).isEqualTo(202);
        String path = accepted.headers().firstValue("Location").orElseThrow();
        assertThat(server.get(path + "/events").body()).contains("event: end", "\"status\":\"finished\"");
        assertThat(fine(server.get(path)).path("pictures")).hasSize(2);
        HttpResponse<String> stream =
                server.post(BLEND, blending().text("n", 2).text("size", "8").text("stream", true));
        assertThat(stream.body()).contains("event: image_blend.completed");
    }

    @Test
    void whatABlendCannotHonourIsRefusedByName() throws Exception {
        refused(server.post(BLEND, blending().text("n", 1)), "n", "expected n to be 2 to 10, got 1");
        refused(server.post(BLEND, blending().text("prompt", "a cat")), "prompt", "got prompt");
        refused(
                server.post(BLEND, new FormData().file("image", file("a.png"))),
                "image",
                "expected two pictures, from one to the other, as the file image, got 1");
        refused(
                server.post(BLEND, blending().text("model", CommandRun.TINY)),
                "model",
                "expected an unCLIP pipeline of diffusers");
        refused(server.post(BLEND, blending().text("clip_skip", 2)), "", "expected no CLIP skip");
        refused(server.post(BLEND, blending().text("size", "16x16")), "", "expected a size of [8, 32] pixels");
    }

    @Test
    void anEnlargedPictureIsWhatTheCommandLineEnlarges() throws Exception {
        JsonNode answer = fine(server.post(
                UPSCALE,
                new FormData()
                        .file("image", file("a.png"))
                        .text("to", 32)
                        .text("steps", 2)
                        .text("seed", 0)));
        CommandRun run = CommandRun.of(
                "upscale",
                folder.resolve("a.png").toString(),
                "--model",
                unclip,
                "--to",
                "32",
                "--steps",
                "2",
                "-o",
                folder.resolve("large.png").toString());
        assertThat(run.err()).isEmpty();
        assertThat(png(answer, 0)).isEqualTo(file("large.png"));
    }

    @Test
    void whatCannotBeEnlargedSoIsRefusedByName() throws Exception {
        FormData none = new FormData().file("image", file("a.png"));
        refused(server.post(UPSCALE, none), "to", "the pixels of the longer side, to be 32, got none");
        refused(
                server.post(UPSCALE, new FormData().file("image", file("a.png")).text("to", 100)),
                "to",
                "expected at most 64 pixels of width and height, got 100x100");
        refused(
                server.post(
                        UPSCALE,
                        new FormData()
                                .file("image", file("a.png"))
                                .text("to", 32)
                                .text("prompt", "a cat")),
                "",
                "expected no prompt, which an unCLIP's upsamplers do not read");
        refused(
                server.post(
                        UPSCALE,
                        new FormData()
                                .file("image", file("a.png"))
                                .text("to", 32)
                                .text("noise", 3)),
                "",
                "expected no noise level");
        refused(
                server.post(
                        UPSCALE,
                        new FormData()
                                .file("image", file("a.png"))
                                .text("to", 32)
                                .text("size", "32")),
                "size",
                "got size");
        refused(
                server.post(
                        UPSCALE,
                        new FormData()
                                .file("image", file("a.png"))
                                .text("to", 32)
                                .text("n", 2)),
                "n",
                "got n");
        refused(
                server.post(
                        UPSCALE,
                        new FormData()
                                .file("image", file("a.png"))
                                .file("mask", file("a.png"))
                                .text("to", 32)),
                "mask",
                "expected the files image, got mask");
    }

    @Test
    void aPictureFindsItselfInTheIndex() throws Exception {
        JsonNode found = fine(server.post(
                SEARCH,
                new FormData()
                        .file("image", file("album/p2.png"))
                        .text("top", 3)
                        .text("thumbnails", true)));
        assertThat(found.path("model").asText())
                .isEqualTo(Path.of(clip).toRealPath().toString());
        assertThat(found.path("data")).hasSize(3);
        JsonNode first = found.path("data").path(0);
        assertThat(first.path("path").asText()).isEqualTo("p2.png");
        assertThat(first.path("score").asDouble()).isGreaterThan(0.99);
        assertThat(first.path("thumbnail").asText()).startsWith("data:image/jpeg;base64,");
        String uri = "data:image/png;base64," + Base64.getEncoder().encodeToString(file("album/p2.png"));
        assertThat(fine(server.post(SEARCH, "{\"image\":\"" + uri + "\"}")).path("data"))
                .hasSize(4)
                .allMatch(hit -> !hit.has("thumbnail"));
    }

    @Test
    void wordsFindWhatTheCommandLineFinds() throws Exception {
        List<String> paths = new ArrayList<>();
        for (JsonNode hit :
                fine(server.post(SEARCH, "{\"text\":\"a red car\"}")).path("data")) {
            paths.add(folder.resolve("album")
                    .toRealPath()
                    .resolve(hit.path("path").asText())
                    .toString());
        }
        CommandRun run = CommandRun.of("search", "find", folder.resolve("index").toString(), "a red car", "--json");
        List<String> expected = new ArrayList<>();
        for (String line : run.out().lines().toList()) {
            expected.add(JSON.readTree(line).path("path").asText());
        }
        assertThat(paths).hasSize(4).isEqualTo(expected);
    }

    @Test
    void whatCannotBeSearchedIsRefused() throws Exception {
        refused(server.post(SEARCH, "{}"), "text", "expected a text or an image to look for, got neither");
        refused(
                server.post(SEARCH, new FormData().file("image", file("a.png")).text("text", "a car")),
                "text",
                "got both");
        refused(server.post(SEARCH, "{\"text\":\"a\",\"top\":101}"), "top", "expected 1 to 100 pictures, got 101");
        refused(
                server.post(SEARCH, "{\"text\":\"" + "a".repeat(1001) + "\"}"),
                "text",
                "expected at most 1000 characters, got 1001");
        refused(server.post(SEARCH, "{\"text\":\"a\",\"model\":\"x\"}"), "model", "got model");
        try (RunningServer without = RunningServer.start(folder.resolve("other"), "--model", CommandRun.TINY)) {
            HttpResponse<String> none = without.post(SEARCH, "{\"text\":\"a\"}");
            assertThat(none.statusCode()).isEqualTo(404);
            assertThat(none.body()).contains("expected a server with an index to search, got one without");
        }
        refusedIndex(clip, ": expected an index");
        Files.createDirectories(folder.resolve("empty"));
        String hollow = folder.resolve("hollow").toString();
        CommandRun.of("search", "index", folder.resolve("empty").toString(), "--into", hollow, "--clip", clip);
        refusedIndex(hollow, ": expected pictures in the index, got none; run 'zeuxis search index ");
    }

    private void refusedIndex(String index, String words) {
        CommandRun run = CommandRun.of(
                "serve", "--port", "0", "--results", folder.resolve("none").toString(), "--index", index);
        assertThat(run.err()).hasLineCount(1).contains(index + words);
        assertThat(run.code()).isNotZero();
    }

    @Test
    void eachModelIsSaidToDoWhatItDoes() throws Exception {
        JsonNode all = fine(server.get("/v1/models"));
        JsonNode index = all.path("zeuxis").path("index");
        assertThat(index.path("pictures").asInt()).isEqualTo(4);
        List<String> said = new ArrayList<>();
        for (JsonNode model : all.path("data")) {
            said.add(model.path("zeuxis").path("tasks").toString());
        }
        assertThat(said)
                .containsExactly(
                        "[\"generations\",\"edits\",\"variations\"]",
                        "[\"generations\",\"edits\",\"variations\",\"blend\",\"upscale\"]",
                        "[\"embeddings\",\"classify\"]");
        assertThat(all.path("data").path(1).path("zeuxis").path("upscale_to").toString())
                .isEqualTo("[32]");
        JsonNode samplers = all.path("data").path(0).path("zeuxis").path("samplers");
        assertThat(samplers).isNotEmpty();
        for (JsonNode sampler : samplers) {
            String body =
                    "{\"prompt\":\"a cat\",\"size\":\"16x16\",\"steps\":4,\"sampler\":\"" + sampler.asText() + "\"}";
            assertThat(server.post("/v1/images/generations", body).statusCode())
                    .as(sampler.asText())
                    .isEqualTo(200);
        }
        assertThat(fine(server.get("/v1/models/" + clip)).path("zeuxis").path("tasks"))
                .hasSize(2);
        try (RunningServer other =
                RunningServer.start(folder.resolve("imagen"), "--model", "imagen", "--model", "flamingo")) {
            JsonNode imagen = fine(other.get("/v1/models/imagen"));
            assertThat(imagen.path("zeuxis").path("tasks")).hasSize(3);
            assertThat(imagen.path("zeuxis").path("samplers").toString()).contains("\"super27\"");
            JsonNode flamingo = fine(other.get("/v1/models/flamingo"));
            assertThat(flamingo.path("zeuxis").path("tasks").toString()).isEqualTo("[\"chat\"]");
        }
    }

    @Test
    void whereNoModelIsNamedTheFirstThatCanIsMeant() throws Exception {
        String embedded =
                server.post("/v1/embeddings", "{\"input\":\"a red car\"}").body();
        assertThat(JSON.readTree(embedded).path("model").asText()).isEqualTo(clip);
        HttpResponse<String> chat = server.post(
                "/v1/chat/completions",
                "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"data:image/png;base64,"
                        + Base64.getEncoder().encodeToString(file("a.png"))
                        + "\"}}]}]}");
        refused(chat, "model", "expected an IDEFICS of transformers");
    }
}
